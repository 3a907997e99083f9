"""The last known permission to read each student, for use while the database is unavailable.

The database confirmed it at most CACHED_S ago. Pausing, leaving and withdrawing remove it at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.cache import cache

from accounts.models import User
from classroom.domain.readings.record import Dropped, find_readable
from classroom.infra import circuit_breaker
from classroom.models import Attendance, ClassSession, Course
from classroom.snapshots import SnapshotRef

CACHED_S = 60
# A process caches an unchanged attendance at most this often: doing so for every batch would cost a round trip.
REFRESH_S = CACHED_S / 3

# By key: the attendance's last change, and when this process cached it.
_recently_cached: dict[str, tuple[datetime, float]] = {}


def check_permissions(refs: Sequence[SnapshotRef], *, now: datetime) -> list[Attendance | Dropped]:
    """For each snapshot, return its student's attendance if they may be read, else the refusal.

    While the database is unavailable, the last known permission applies.
    """
    try:
        permissions = circuit_breaker.call(find_readable, refs)
    except circuit_breaker.DATABASE_UNAVAILABLE:
        return [cached_attendance(ref, now=now) for ref in refs]
    _remember([permission for permission in permissions if isinstance(permission, Attendance)], now)
    for ref, permission in zip(refs, permissions, strict=True):
        if isinstance(permission, Dropped):
            forget_permission(session_id=ref.session_id, student_id=ref.student_id)
    return permissions


def cached_attendance(ref: SnapshotRef, *, now: datetime) -> Attendance | Dropped:
    """Return the attendance as it was last known, with no more than a tile needs; `unknown` if it is not cached."""
    cached = cache.get(_key(ref.session_id, ref.student_id))
    if cached is None or now.timestamp() - cached["at"] > CACHED_S:
        return Dropped("unknown")
    session = ClassSession(pk=ref.session_id, course=Course(mode=Course.Mode.CAMERA))
    # Processes of the previous version did not cache this, and knew no anonymous classes.
    session.is_anonymous = cached.get("is_anonymous", False)
    return Attendance(
        pk=cached["pk"],
        session=session,
        student=User(pk=ref.student_id, display_name=cached["name"]),
        camera=Attendance.Camera.ON,
        changed_at=cached["changed_at"],
    )


def forget_permission(*, session_id: int, student_id: int) -> None:
    key = _key(session_id, student_id)
    _recently_cached.pop(key, None)
    cache.delete(key)


def _remember(attendances: Iterable[Attendance], now: datetime) -> None:
    """Cache those that changed, or that this process has not cached for REFRESH_S."""
    at = now.timestamp()
    for key in [key for key, (_, cached_at) in list(_recently_cached.items()) if not 0 <= at - cached_at < REFRESH_S]:
        _recently_cached.pop(key, None)
    by_key = {_key(each.session_id, each.student_id): each for each in attendances}
    changed = {key: each for key, each in by_key.items() if _recently_cached.get(key, (None, 0))[0] != each.changed_at}
    if not changed:
        return
    entries = {
        key: {
            "pk": each.pk,
            "name": each.student.display_name,
            "changed_at": each.changed_at,
            "is_anonymous": each.session.is_anonymous,
            "at": at,
        }
        for key, each in changed.items()
    }
    cache.set_many(entries, CACHED_S)
    _recently_cached.update({key: (each.changed_at, at) for key, each in changed.items()})


def _key(session_id: int, student_id: int) -> str:
    return f"known-attendance:{session_id}:{student_id}"
