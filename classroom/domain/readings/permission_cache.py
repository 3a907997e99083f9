"""What was last known of a student who may be read, for the time that the database is away.

The database said so at most KNOWN_S ago; or a socket of hers, which could not reach it either, has renewed that.
Whoever pauses, leaves or withdraws is forgotten at once. After KNOWN_AT_MOST_S nobody is read without the database.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.cache import cache

from accounts.models import User
from classroom.domain.readings.record import ReadingRefused, attendances_to_read
from classroom.infra import circuit_breaker
from classroom.models import Attendance, ClassSession, Course
from classroom.snapshots import SnapshotRef

KNOWN_S = 60
KNOWN_AT_MOST_S = 15 * 60
# A process does not say the same of an attendance again for so long: it would cost every batch a round trip.
SAY_AGAIN_S = KNOWN_S / 3

# By key: when the attendance had changed last, and when that was said.
_said: dict[str, tuple[datetime, float]] = {}


def students_to_read(snapshots: Sequence[SnapshotRef], *, now: datetime) -> list[Attendance | ReadingRefused]:
    """For each snapshot the attendance of its student, if she may be read now, or may as far as is known; else why
    not."""
    try:
        found = circuit_breaker.call(attendances_to_read, snapshots)
    except circuit_breaker.DATABASE_UNAVAILABLE:
        return [known_attendance(snapshot, now=now) for snapshot in snapshots]
    _remember([each for each in found if isinstance(each, Attendance)], now)
    for snapshot, each in zip(snapshots, found, strict=True):
        if isinstance(each, ReadingRefused):
            forget_attendance(session_id=snapshot.session_id, student_id=snapshot.student_id)
    return found


def known_attendance(snapshot: SnapshotRef, *, now: datetime) -> Attendance | ReadingRefused:
    """As it was known last, with nothing but what makes a tile."""
    known = cache.get(_key(snapshot.session_id, snapshot.student_id))
    if known is None or now.timestamp() - known["at"] > KNOWN_AT_MOST_S:
        return ReadingRefused("unknown")
    return Attendance(
        pk=known["pk"],
        session=ClassSession(pk=snapshot.session_id, course=Course(reads_faces=True)),
        student=User(pk=snapshot.student_id, name=known["name"]),
        camera=Attendance.Camera.ON,
        changed_at=known["changed_at"],
    )


def renew_attendance(*, session_id: int, student_id: int) -> None:
    """Called for an open socket with its camera on that finds the database away: nobody withdraws there meanwhile."""
    cache.touch(_key(session_id, student_id), KNOWN_S)


def forget_attendance(*, session_id: int, student_id: int) -> None:
    key = _key(session_id, student_id)
    _said.pop(key, None)
    cache.delete(key)


def _remember(attendances: Iterable[Attendance], now: datetime) -> None:
    at = now.timestamp()
    for key in [key for key, (_, said_at) in list(_said.items()) if not 0 <= at - said_at < SAY_AGAIN_S]:
        _said.pop(key, None)
    news = {_key(each.session_id, each.student_id): each for each in attendances}
    news = {key: each for key, each in news.items() if _said.get(key, (None, 0))[0] != each.changed_at}
    if not news:
        return
    known = {
        key: {"pk": each.pk, "name": each.student.name, "changed_at": each.changed_at, "at": at}
        for key, each in news.items()
    }
    cache.set_many(known, KNOWN_S)
    _said.update({key: (each.changed_at, at) for key, each in news.items()})


def _key(session_id: int, student_id: int) -> str:
    return f"known-attendance:{session_id}:{student_id}"
