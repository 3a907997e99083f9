"""Compares sessions: those of a course, one with those before it, and one student's over time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from classroom.domain.anonymity.publishing import published_totals
from classroom.domain.history.baseline import EARLIER
from classroom.domain.history.presence import Person, absentees
from classroom.domain.history.summaries import (
    SessionSummary,
    StudentSummary,
    session_summary,
    student_summaries_by_session,
)
from classroom.measures import GivenAnswer
from classroom.models import Alert, ClassSession, Course

# With at least this many students, a late majority says more about the class's start than about the students.
ENOUGH_STUDENTS = 3


@dataclass(frozen=True)
class SessionRow:
    """One session in a list of sessions, with the students who joined it and those who were absent, each by name."""

    session: ClassSession
    summary: SessionSummary
    students: list[StudentSummary]
    absent: list[Person]

    @property
    def late(self) -> list[StudentSummary]:
        return [student for student in self.students if student.presence.late]

    @property
    def left_early(self) -> list[StudentSummary]:
        return [student for student in self.students if student.presence.left_early]

    @property
    def mostly_late(self) -> bool:
        return len(self.late) * 2 > len(self.students) >= ENOUGH_STUDENTS

    @property
    def mostly_left_early(self) -> bool:
        return len(self.left_early) * 2 > len(self.students) >= ENOUGH_STUDENTS


@dataclass(frozen=True)
class StudentRow:
    """One student in one session of a list; `alerts` counts those about the student."""

    session: ClassSession
    summary: StudentSummary
    alerts: int


def has_faces(row: SessionRow | StudentRow) -> bool:
    """Return whether pages show figures read from faces: the class had cameras, or somebody was read."""
    return row.session.had_cameras or row.summary.was_read


def sessions_held(*, course: Course, since: datetime | None = None, before: datetime | None = None) -> QuerySet:
    """The ended sessions of the course that started in the period, newest first, ready for `session_rows`."""
    held = with_alert_counts(course.sessions.ended())
    held = held.filter(started_at__gte=since) if since else held
    return held.filter(started_at__lt=before) if before else held


def session_with_earlier(*, session: ClassSession) -> list[ClassSession]:
    """The session, then the EARLIER ones of the course before it, newest first, ready for `session_rows`."""
    until = ClassSession.objects.ended().filter(course=session.course_id, started_at__lte=session.started_at)
    until = until.select_related("course")
    # If two started at the same moment, the query may return the other one first.
    return sorted(with_alert_counts(until)[: EARLIER + 1], key=lambda each: each.pk != session.pk)


def with_alert_counts(sessions: QuerySet[ClassSession]) -> QuerySet[ClassSession]:
    """Annotate each session with `alert_count`."""
    alerts = Alert.objects.shown_to_staff().filter(session=OuterRef("pk"))
    return sessions.annotate(alert_count=_count(alerts, group="session"))


def session_rows(
    *, sessions: Sequence[ClassSession], now: datetime, answers: Mapping[int, Iterable[GivenAnswer]] | None = None
) -> list[SessionRow]:
    """One row for each of the sessions, which need `with_alert_counts`, in their order."""
    summaries = student_summaries_by_session(sessions=sessions, now=now, answers=answers)
    joined = {(session.pk, student.id) for session in sessions for student in summaries[session.pk]}
    absent_by_session = absentees(sessions=sessions, joined=joined)
    published = published_totals(sessions=sessions)
    rows = []
    for session in sessions:
        students, absent = summaries[session.pk], absent_by_session[session.pk]
        annotated: Any = session
        # Everyone who joined was enrolled at the time, even those removed from the course since.
        enrolled = len(students) + len(absent)
        summary = session_summary(
            students=students, enrolled=enrolled, alerts=annotated.alert_count, published=published.get(session.pk)
        )
        rows.append(SessionRow(session, summary, students, absent))
    return rows


def sessions_of_student(*, course: Course, student: User, own: bool = False) -> QuerySet[ClassSession]:
    """The ended sessions of the course that the student joined, newest first, ready for `student_rows`. `own`: for the
    student themselves."""
    alerts = Alert.objects.filter(session=OuterRef("pk"), student=student)
    counted = alerts if own else alerts.shown_to_staff()
    return course.sessions.ended().attended_by(student).annotate(alert_count=_count(counted, group="session"))


def student_rows(
    *, sessions: Sequence[ClassSession], student: User | int, now: datetime, own: bool = False
) -> list[StudentRow]:
    """The student in each of the sessions, from `sessions_of_student`, in their order. `own`: for themselves."""
    summaries = student_summaries_by_session(sessions=sessions, now=now, student=student, own=own)
    return [
        StudentRow(session, summaries[session.pk][0], session.alert_count)  # type: ignore[attr-defined]  # annotated
        for session in sessions
        if summaries[session.pk]
    ]


def _count(rows: QuerySet, *, group: str) -> Coalesce:
    """The number of rows that refer to the same `group` as the outer row, 0 without any."""
    counted = rows.order_by().values(group).annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
