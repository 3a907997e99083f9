"""Reads settings from the environment. An invalid value is an error at startup, because some would cost data: a
negative number of days would delete even the newest rows."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

# A period that reaches back beyond the calendar would be an error at each use.
MAX_DAYS = 36_500
MINIMUMS = {
    # 0 has a meaning of its own, such as never, or counts as 1.
    "API_REQUESTS_A_MINUTE": 0,
    "COMPARISONS_A_MINUTE": 0,
    "DATABASE_POOL_SIZE": 0,
    "DOWNLOADS_A_MINUTE": 0,
    "HSTS_SECONDS": 0,
    "INVITATION_DAYS": 0,
    "KEPT_READINGS_MAX": 0,
    "KEPT_READINGS_S": 0,
    "MAIL_LINK_HOURS": 0,
    "PASSWORD_HASHES_AT_ONCE": 0,
    "PERSONAL_DATA_AN_HOUR": 0,
    "PREVIEWS_A_MINUTE": 0,
    "RETENTION_DAYS": 0,
    "SECURITY_LOG_DAYS": 0,
    "SNAPSHOT_BATCH": 0,
    "TASK_TIME_LIMIT_S": 0,
    "TRUSTED_PROXY_COUNT": 0,
    # A value in seconds is a mistake.
    "SNAPSHOT_INTERVAL_MS": 50,
    "SNAPSHOT_INTERVAL_MAX_MS": 50,
}
MAXIMUMS = {
    "INVITATION_DAYS": MAX_DAYS,
    "MAIL_LINK_HOURS": MAX_DAYS * 24,
    "RETENTION_DAYS": MAX_DAYS,
    "SECURITY_LOG_DAYS": MAX_DAYS,
    "SESSION_IDLE_HOURS": MAX_DAYS * 24,
    "SESSION_SILENCE_MINUTES": MAX_DAYS * 24 * 60,
}

OFF = ("false", "off", "n", "no", "0", "")


class Env(environ.Env):
    """The environment, with bounds for whole numbers and switches that are either on or off."""

    def bool(self, name: str, *, default: Any) -> Any:
        """Return whether the setting is on. Raises ImproperlyConfigured for text that says neither."""
        text = self.str(name, default=str(default))
        word = text.strip().lower()
        if word in self.BOOLEAN_TRUE_STRINGS:
            return True
        if word in OFF:
            return False
        raise ImproperlyConfigured(f"{name} is {text!r}. Set it to 1 (on) or 0 (off), or unset it.")

    def list(self, *args: Any, **options: Any) -> Any:
        """Return the texts between commas, without the spaces that people write after commas."""
        return [text.strip() for text in super().list(*args, **options)]

    def number(self, name: str, *, default: int) -> int:
        """Return the setting of this name, at least 1 unless MINIMUMS says otherwise. Raises ImproperlyConfigured."""
        minimum, maximum = MINIMUMS.get(name, 1), MAXIMUMS.get(name)
        text = self.str(name, default=str(default))
        try:
            number = int(text)
        except ValueError:
            number = None
        if number is None or number < minimum or (maximum is not None and number > maximum):
            fitting = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
            raise ImproperlyConfigured(f"{name} is {text!r}. Set it to a whole number {fitting}, or unset it.")
        return number
