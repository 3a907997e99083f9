"""Deleting the sessions of sign-ins that have expired; their rows would stay for ever."""

from importlib import import_module

from django.conf import settings
from django.core.cache import cache

DAY_S = 24 * 3600


def delete_expired_sessions() -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def delete_expired_sessions_daily() -> None:
    """Embedded, where no beat schedules it: delete them unless this process did so within a day."""
    if settings.EMBEDDED and cache.add("expired-sessions-deleted", 1, DAY_S):
        delete_expired_sessions()
