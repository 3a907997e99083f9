"""Sessions that end some time after the latest request rather than after the sign-in."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase

RENEWED_AT = "renewed_at"
# Renewing at each request would mean a write at each request.
RENEWALS_PER_LIFE = 20


def renew(session: SessionBase) -> None:
    session[RENEWED_AT] = int(time.time())
    session.set_expiry(settings.SESSION_COOKIE_AGE)


def renew_if_due(session: SessionBase) -> None:
    if time.time() - session.get(RENEWED_AT, 0) > settings.SESSION_COOKIE_AGE / RENEWALS_PER_LIFE:
        renew(session)


def without_renewal(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For a view that open pages request by themselves: an abandoned page must not stay signed in forever."""

    @wraps(view)
    def not_renewing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.renews_session = False  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return not_renewing
