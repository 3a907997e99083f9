"""The organisation that a page shows: the user's or, on pages for visitors, the one that is known."""

from typing import cast

from django.http import HttpRequest

from accounts.models import Organisation, User
from accounts.sign_in.sign_up import organisation_of_join_code


def organisation_of(user: object) -> Organisation | None:
    """Return the user's organisation. None for visitors, and if it has neither a name nor a logo nor a colour."""
    return _if_seen(cast(Organisation, user.organisation)) if isinstance(user, User) else None


def organisation_of_visitor(request: HttpRequest) -> Organisation | None:
    """Return the organisation whose join code the visitor has shown, or the only one of the server. One query."""
    if known := organisation_of_join_code(request):
        return _if_seen(Organisation.objects.get(pk=known))
    first = list(Organisation.objects.all()[:2])
    return _if_seen(first[0]) if len(first) == 1 else None


def _if_seen(organisation: Organisation) -> Organisation | None:
    return organisation if organisation.name or organisation.logo_key or organisation.colour else None
