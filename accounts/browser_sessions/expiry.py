"""Deletes the sessions of sign-ins that have expired, or whose users are gone. Nothing else deletes their rows."""

from collections.abc import Collection
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache

DAY_S = 24 * 3600


def delete_expired_sessions() -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    # Delete the addresses and browsers of sign-ins that no longer exist.
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def delete_expired_sessions_daily() -> None:
    """For embedded operation, which has no beat: delete them unless this process did so within a day."""
    if settings.EMBEDDED and cache.add("expired-sessions-deleted", 1, DAY_S):
        delete_expired_sessions()


def delete_sessions_of(user_ids: Collection[int]) -> int:
    """Read every stored session, because no column says whose a session is: allauth writes the address into them.
    Return how many were deleted."""
    ids = {str(user_id) for user_id in user_ids}
    keys = [each.session_key for each in Session.objects.iterator() if each.get_decoded().get(SESSION_KEY) in ids]
    return Session.objects.filter(session_key__in=keys).delete()[0]
