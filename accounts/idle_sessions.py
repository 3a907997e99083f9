"""Sessions that end some time after the latest request, not after the sign-in."""

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

RENEWED_AT = "renewed_at"
# Renewing at each request would write at each request.
RENEWALS_PER_LIFE = 20


def renew(session: SessionBase) -> None:
    session[RENEWED_AT] = int(time.time())
    session.set_expiry(settings.SESSION_COOKIE_AGE)


def renew_if_due(session: SessionBase) -> None:
    if time.time() - session.get(RENEWED_AT, 0) > settings.SESSION_COOKIE_AGE / RENEWALS_PER_LIFE:
        renew(session)
