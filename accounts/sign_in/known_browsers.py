"""Browsers that have signed in to an account before, according to their signed cookie."""

import secrets

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "known_browser"
COOKIE_AGE_S = 365 * 24 * 3600
# A shared machine remembers only the people who signed in last: a cookie has at most 4 kB.
MAX_ACCOUNTS = 40


def browser_known_to(request: HttpRequest, account_id: int) -> str | None:
    """Return the browser's random name if it has signed in to this account before."""
    name, account_ids = _read(request)
    return name if str(account_id) in account_ids else None


def remember_browser(request: HttpRequest, response: HttpResponseBase, account_id: int) -> None:
    name, account_ids = _read(request)
    others = [each for each in account_ids if each != str(account_id)]
    latest = [*others, str(account_id)][-MAX_ACCOUNTS:]
    response.set_signed_cookie(
        COOKIE,
        ".".join([name or secrets.token_urlsafe(12), *latest]),
        max_age=COOKIE_AGE_S,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    cookie = request.get_signed_cookie(COOKIE, default=None, max_age=COOKIE_AGE_S)
    name, *account_ids = (cookie or "").split(".")
    return name, account_ids
