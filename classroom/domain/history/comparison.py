"""Sessions side by side: a course over its term, a session beside those before it, a student over time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from classroom.domain.history.summaries import SessionSummary, StudentSummary, session_summary, summaries
from classroom.measures import Said
from classroom.models import Alert, Attendance, ClassSession, Course, Enrolment

# A report compares a session with this many before it.
EARLIER = 5


@dataclass(frozen=True)
class SessionRow:
    """One session among others."""

    session: ClassSession
    summary: SessionSummary
    students: list[StudentSummary]


@dataclass(frozen=True)
class StudentRow:
    """One student in one session among others; `alerts` are those about her."""

    session: ClassSession
    summary: StudentSummary
    alerts: int


def sessions_held(*, course: Course, since: datetime | None = None, before: datetime | None = None) -> QuerySet:
    """The ended sessions of the course that started in the time, newest first, ready for `session_rows`."""
    held = with_counts(course.sessions.ended())
    held = held.filter(started_at__gte=since) if since else held
    return held.filter(started_at__lt=before) if before else held


def with_counts(sessions: QuerySet[ClassSession]) -> QuerySet[ClassSession]:
    """Each session with `missed`, those enrolled by its end who did not join it, and `alert_count`."""
    came = Attendance.objects.filter(session=OuterRef(OuterRef("pk")), student=OuterRef("student"))
    by_end = Enrolment.objects.filter(course=OuterRef("course_id"), joined_at__lte=OuterRef("ended_at"))
    missed = by_end.filter(~Exists(came))
    return sessions.annotate(missed=_count(missed, "course"), alert_count=_count(_alerts(), "session"))


def session_rows(
    *, sessions: Sequence[ClassSession], now: datetime, said: Mapping[int, Iterable[Said]] | None = None
) -> list[SessionRow]:
    """The sessions, from `with_counts`, in their order."""
    students = summaries(sessions=sessions, now=now, said=said)
    return [_row(session, students[session.pk]) for session in sessions]


def session_and_earlier(*, session: ClassSession) -> list[ClassSession]:
    """The session, then the EARLIER ones of the course before it, newest first, ready for `session_rows`."""
    until = ClassSession.objects.ended().filter(course=session.course_id, started_at__lte=session.started_at)
    # Of two that started in the same moment the other may come first.
    return sorted(with_counts(until)[: EARLIER + 1], key=lambda each: each.pk != session.pk)


def sessions_of_student(*, course: Course, student: User) -> QuerySet[ClassSession]:
    """The ended sessions of the course that the student joined, newest first, ready for `student_rows`."""
    about_her = _alerts().filter(student=student)
    return course.sessions.ended().attended_by(student).annotate(alert_count=_count(about_her, "session"))


def student_rows(*, sessions: Sequence[ClassSession], student: User | int, now: datetime) -> list[StudentRow]:
    """The student in the sessions, from `sessions_of_student`, in their order."""
    found = summaries(sessions=sessions, now=now, student=student)
    return [
        StudentRow(session, found[session.pk][0], session.alert_count)  # type: ignore[attr-defined]  # annotated
        for session in sessions
        if found[session.pk]
    ]


def _row(session: ClassSession, students: list[StudentSummary]) -> SessionRow:
    annotated: Any = session
    # Whoever joined was enrolled then, also one who has been removed from the course since.
    enrolled = len(students) + annotated.missed
    summary = session_summary(students=students, enrolled=enrolled, alerts=annotated.alert_count)
    return SessionRow(session, summary, students)


def _alerts() -> QuerySet[Alert]:
    return Alert.objects.filter(session=OuterRef("pk"))


def _count(rows: QuerySet, group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
