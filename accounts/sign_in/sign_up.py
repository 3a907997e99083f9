"""Decides who may create an account, by settings.SIGN_UP, and in which organisation."""

import time

from django.conf import settings
from django.http import HttpRequest

from accounts.models import DEFAULT_ORGANISATION, OrganisationId

ALLOWED_AT, ORGANISATION = "sign_up_allowed_at", "sign_up_organisation"
# Later, somebody else may be using a shared computer.
ALLOWED_S = 15 * 60


def allow_sign_up(request: HttpRequest, *, organisation: OrganisationId) -> None:
    """Call it once the visitor has shown a valid join code of one of the organisation's courses."""
    request.session[ALLOWED_AT], request.session[ORGANISATION] = int(time.time()), organisation


def may_sign_up(request: HttpRequest) -> bool:
    """Invited people sign up on the page of their invitation, whatever this returns."""
    if settings.SIGN_UP == "join_code":
        return _has_shown_code(request)
    return settings.SIGN_UP == "open"


def sign_up_organisation(request: HttpRequest) -> int:
    """Return the organisation of a new account: that of the course whose join code the visitor has shown."""
    return organisation_of_join_code(request) or DEFAULT_ORGANISATION


def organisation_of_join_code(request: HttpRequest) -> int | None:
    return request.session[ORGANISATION] if _has_shown_code(request) else None


def _has_shown_code(request: HttpRequest) -> bool:
    is_recent = time.time() - request.session.get(ALLOWED_AT, 0) < ALLOWED_S
    return is_recent and ORGANISATION in request.session
