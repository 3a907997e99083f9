"""Anonymous classes for tests: students who are read, minute by minute."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from accounts.models import User
from classroom.domain.anonymity.publishing import publish_minutes
from classroom.models import Attendance, ClassSession, Reading, Stay
from tests import factories
from tests.factories import NOW

# Enough for every part of a minute, as far apart as on a slow server.
SECONDS = (2, 22, 42, 58)


def anonymous_session(**fields) -> ClassSession:
    made = factories.session(factories.course(mode="anonymous", **fields))
    ClassSession.objects.filter(pk=made.pk).update(is_anonymous=True)
    made.refresh_from_db()
    return made


def join(session: ClassSession, count: int, *, camera: str = "on") -> list[User]:
    students = [factories.student_of(session.course, f"Student {number:02}") for number in range(count)]
    for student in students:
        factories.attendance(session, student, camera=camera)
    return students


def read_minute(session: ClassSession, minute: int, shown_by: Mapping[User, str]) -> None:
    """Readings of each student throughout the minute that starts this many minutes after the session, and heartbeats of
    everybody in class."""
    end = session.started_at + timedelta(minutes=minute + 1)
    Stay.objects.filter(attendance__session=session, left_at=None).update(last_seen_at=end)
    readings = [
        build_reading(session, student, minute * 60 + second, expression)
        for second in SECONDS
        for student, expression in shown_by.items()
    ]
    Reading.objects.bulk_create(readings)
    for student in shown_by:
        newest = Reading.objects.filter(session=session, student=student).order_by("captured_at").last()
        Attendance.objects.filter(session=session, student=student).update(latest_reading=newest)


def build_reading(session: ClassSession, student: User, after_s: int, expression: str) -> Reading:
    at = session.started_at + timedelta(seconds=after_s)
    face = {"faces": 1, "expression": expression, **factories.shares(expression)}
    return Reading(session=session, student=student, seq=after_s, captured_at=at, received_at=at, model="test", **face)


def publish(session: ClassSession, *, minutes: float) -> int:
    """Publish what is final this many minutes after the session's start."""
    return publish_minutes(session=session, now=NOW + timedelta(minutes=minutes))


def all_show(students: Iterable[User], expression: str) -> dict[User, str]:
    return dict.fromkeys(students, expression)
