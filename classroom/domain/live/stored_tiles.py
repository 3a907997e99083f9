"""The tiles of a class as the database has them."""

from datetime import datetime, timedelta

from classroom.domain.history.timeline import trends
from classroom.domain.tiles import build_absent_tile, build_tile
from classroom.infra.event_types import Tile
from classroom.models import ClassSession, Stay


def load_tiles(session: ClassSession, now: datetime) -> dict[int, Tile]:
    """Return the tiles of all students of the course: a student who was removed from it is no longer in the class.

    By student: Postgres' own order would reveal whose row changed last, and so who was read in an anonymous class.
    """
    present = set(Stay.objects.open(now).filter(attendance__session=session).values_list("attendance_id", flat=True))
    attendances = session.attendances.filter(student__enrolments__course=session.course_id).order_by("student_id")
    trend_by_student: dict[int, list[float]] = {}
    if session.is_anonymous:
        attendances = attendances.select_related("student").prefetch_related("stays")
    else:
        attendances = attendances.select_related("student", "latest_reading")
        trend_by_student = trends(session=session, since=now - timedelta(minutes=2))
    tiles = {
        attendance.student_id: build_tile(
            attendance,
            is_present=attendance.pk in present,
            now=now,
            trend=trend_by_student.get(attendance.student_id),
        )
        for attendance in attendances
    }
    enrolments = session.course.enrolments.select_related("student").exclude(student_id__in=tiles)
    for enrolment in enrolments.order_by("student_id"):
        tiles[enrolment.student_id] = build_absent_tile(enrolment.student)
    return tiles
