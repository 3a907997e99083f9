from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Model

from accounts.models import Organisation, User
from accounts.organisations.creation import create_organisation
from accounts.sign_in.password_links import make_password_link


class Command(BaseCommand):
    help = (
        "Create another school on this server, with its first administrator, and print the link with which they choose "
        "their password. Nobody of one school sees anything of another; superusers see all in Django's admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the school")
        parser.add_argument("--administrator", required=True, metavar="ADDRESS", help="with which they will sign in")
        parser.add_argument("--administrator-name", default="", metavar="NAME", help="default: what is before the @")

    def handle(self, *args: Any, name: str, administrator: str, administrator_name: str, **options: Any) -> None:
        name = " ".join(name.split())
        if not name:
            raise CommandError("Name the school.")
        _check("name", Organisation, name)
        _check("email", User, administrator)
        if administrator_name:
            _check("name", User, administrator_name)
        if User.objects.with_address(administrator):
            raise CommandError(f"{administrator} has an account already, which belongs to its school.")
        if Organisation.objects.filter(name=name).exists():
            raise CommandError(f"Another school is called {name}.")
        with transaction.atomic():
            organisation = create_organisation(name=name)
            user = User.objects.create_user(
                administrator, name=administrator_name, role=User.Role.ADMINISTRATOR, organisation=organisation
            )
        self.stdout.write(f"{name} is organisation {organisation.pk} of {Organisation.objects.count()}.")
        self.stdout.write(f"{user.email} chooses a password here: {make_password_link(user)}")
        superusers = (
            User.objects.filter(is_superuser=True, is_active=True).order_by("pk").values_list("email", flat=True)
        )
        self.stdout.write(f"In Django's admin, these see every school: {', '.join(superusers) or 'nobody'}.")


def _check(field: str, model: type[Model], value: str) -> None:
    """Commands use no form, which would refuse what nobody can sign in with or the database cannot hold."""
    try:
        model._meta.get_field(field).clean(value, None)  # type: ignore[union-attr]  # a column
    except ValidationError as error:
        raise CommandError(f"{value}: {' '.join(error.messages)}") from error
