"""The organisation that a page shows: the user's, or on pages for visitors the one that is known."""

from django.http import HttpRequest

from accounts.models import Organisation, User
from accounts.sign_in.sign_up import organisation_of_join_code


def organisation_of(user: object) -> Organisation | None:
    """Return the user's organisation. None for visitors."""
    return user.organisation if isinstance(user, User) else None


def organisation_of_visitor(request: HttpRequest) -> Organisation | None:
    """Return the organisation whose join code the visitor has shown, or the only one of the server. One query."""
    if known := organisation_of_join_code(request):
        return Organisation.objects.get(pk=known)
    first = list(Organisation.objects.all()[:2])
    return first[0] if len(first) == 1 else None
