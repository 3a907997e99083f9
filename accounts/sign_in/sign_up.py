"""Decides who may create an account, by settings.SIGN_UP."""

import time

from django.conf import settings
from django.http import HttpRequest

ALLOWED_AT = "sign_up_allowed_at"
# Later, somebody else may be using a shared computer.
ALLOWED_S = 15 * 60


def allow_sign_up(request: HttpRequest) -> None:
    """Call it once the visitor has shown a valid join code."""
    request.session[ALLOWED_AT] = int(time.time())


def may_sign_up(request: HttpRequest) -> bool:
    """Invited people sign up on the page of their invitation, whatever this returns."""
    if settings.SIGN_UP == "join_code":
        return time.time() - request.session.get(ALLOWED_AT, 0) < ALLOWED_S
    return settings.SIGN_UP == "open"
