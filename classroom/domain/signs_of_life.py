"""Whether anybody is still in a session: its students' stays, and the open pages of its teachers."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max

from classroom.models import ClassSession, Stay


def silence() -> timedelta:
    """How long nobody may be connected before a session closes by itself."""
    return timedelta(minutes=settings.SESSION_SILENCE_MINUTES)


def note_teacher(*, session_id: int, now: datetime) -> None:
    """A teacher's page is open. Kept in the cache alone: a row for it would serve nothing else."""
    cache.set(_key(session_id), now, (2 * silence()).total_seconds())


def last_sign_of_life(session: ClassSession) -> datetime:
    """When a student or a teacher was last known to be connected, or the start of the session."""
    stays = Stay.objects.filter(attendance__session=session).aggregate(seen=Max("last_seen_at"), left=Max("left_at"))
    signs = [session.started_at, stays["seen"], stays["left"], cache.get(_key(session.pk))]
    return max(sign for sign in signs if sign is not None)


def _key(session_id: int) -> str:
    return f"teacher-seen:{session_id}"
