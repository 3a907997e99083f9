"""Reads settings from the environment. An invalid value is an error at startup, because some would cost data: a
negative number of days would delete even the newest rows."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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
CHOICES = {
    "ACCOUNT_EMAIL_VERIFICATION": ("none", "optional", "mandatory"),
    "FACE_DETECTOR": ("blazeface", "haar"),
    "LOG_LEVEL": ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    # Who gets an account by a launch or a roster from a learning platform (docs/lti.md).
    "LTI_NEW_ACCOUNTS": ("everybody", "students", "nobody"),
    "REDIS_CERTIFICATE": ("required", "optional", "none"),
    # Who gets an account by signing up (docs/sign-in.md).
    "SIGN_UP": ("open", "join_code", "invitation", "closed"),
}
NO_URL = "{name} is not a URL. Percent-encode special characters in its password."
POSTGRES = ("postgres", "postgresql", "psql", "pgsql")
REDIS = ("redis", "rediss", "unix", "redis+socket")

OFF = ("false", "off", "n", "no", "0", "")


class Env(environ.Env):
    """The environment, with bounds for whole numbers, switches that are either on or off, and choices among words. Each
    method raises ImproperlyConfigured for anything else, with the setting's name."""

    @classmethod
    def read_file(cls, file: Path) -> None:
        """Take the settings that a file like .env adds, if there is one, also from an editor that marks it as UTF-8."""
        cls.read_env(file, encoding="utf-8-sig")

    def bool(self, name: str, *, default: Any) -> Any:
        """Return whether the setting is on."""
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
        """Return the setting of this name, at least 1 unless MINIMUMS says otherwise."""
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

    def choice(self, name: str, *, default: str) -> str:
        """Return one of the setting's CHOICES."""
        choice: str = self.str(name, default=default)
        if choice not in CHOICES[name]:
            raise ImproperlyConfigured(f"{name} is {choice!r}. Set it to one of {', '.join(CHOICES[name])}.")
        return choice

    def time_zone(self, name: str, *, default: str) -> str:
        zone: str = self.str(name, default=default)
        try:
            ZoneInfo(zone)
        except (LookupError, ValueError, OSError) as error:
            raise ImproperlyConfigured(f"{name} is {zone!r}. Set it to a name such as Europe/Berlin.") from error
        return zone

    def db(self, name: str) -> Any:
        """Return Django's settings of the Postgres server. Errors leave out the URL, which has a password."""
        if self.str(name).partition("://")[0] not in POSTGRES:
            raise ImproperlyConfigured(f"{name} does not begin with postgres://. For SQLite, set SQLITE_PATH instead.")
        try:
            return super().db(name)
        except ValueError:
            raise ImproperlyConfigured(NO_URL.format(name=name)) from None

    def email(self, name: str, *, default: str) -> Any:
        """Return Django's settings of the mail server. Errors leave out the URL, which has a password."""
        if self.str(name, default=default).partition("://")[0] not in self.EMAIL_SCHEMES:
            raise ImproperlyConfigured(f"{name} does not begin with smtp://, smtp+tls:// or smtp+ssl://.")
        try:
            return super().email(name, default=default)
        except ValueError:
            raise ImproperlyConfigured(NO_URL.format(name=name)) from None

    def redis(self, name: str, *, default: str) -> str:
        """Return the URL of a Redis server, or nothing."""
        url: str = self.str(name, default=default)
        if url and url.partition("://")[0] not in REDIS:
            raise ImproperlyConfigured(f"{name} does not begin with redis:// or rediss://.")
        return url
