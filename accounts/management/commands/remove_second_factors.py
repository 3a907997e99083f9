from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.second_factors.requirement import remove_second_factors


class Command(BaseCommand):
    help = "Remove the second factors of somebody who has lost both them and the recovery codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address with which they sign in")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.with_address(email)
        if user is None:
            raise CommandError(f"No account has the address {email}.")
        self.stdout.write(f"{remove_second_factors(user)} removed, recovery codes included.")
