"""All that the page of a session that is over shows: of the class, and of one student in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import User
from classroom.domain.alerts.evaluation import AlertRow, alert_row
from classroom.domain.history.comparison import SessionRow, session_and_earlier, session_rows
from classroom.domain.history.highlights import Moment, moments
from classroom.domain.history.summaries import StudentSummary, summaries
from classroom.domain.history.timeline import Window, class_timeline, student_timeline
from classroom.domain.markers import MarkerRow, markers_of
from classroom.domain.self_reports import AnswerWindow, answer_windows
from classroom.measures import Said
from classroom.models import Alert, ClassSession, SelfReport

# A page shows this many alerts at most, those about the class first; the number of all stands beside them.
MOST_ALERTS = 200


@dataclass(frozen=True)
class SessionReview:
    """The class. `earlier`: sessions of the course before this one, newest first."""

    row: SessionRow
    earlier: list[SessionRow]
    timeline: list[Window]
    answers: list[AnswerWindow]
    markers: list[MarkerRow]
    alerts: list[AlertRow]
    moments: list[Moment]


@dataclass(frozen=True)
class StudentReview:
    """One student. Exactly what her teachers see of her, and she of herself."""

    summary: StudentSummary
    timeline: list[Window]
    said: list[Said]
    answers: list[AnswerWindow]
    markers: list[MarkerRow]
    alerts: list[AlertRow]


def session_review(*, session: ClassSession, now: datetime) -> SessionReview:
    """Of an ended session."""
    sessions = session_and_earlier(session=session)
    said_in_each = _said(sessions)
    said = said_in_each[session.pk]
    row, *earlier = session_rows(sessions=sessions, now=now, said=said_in_each)
    timeline = class_timeline(session=session, until=now)
    alerts = _alert_rows(session.alerts.order_by(F("student").asc(nulls_first=True), "fired_at"))
    of_class = [(alert["fired_at"], alert["kind"]) for alert in alerts if alert["student"] is None]
    return SessionReview(
        row=row,
        earlier=earlier,
        timeline=timeline,
        answers=answer_windows(said, until=_until(session, now)),
        markers=markers_of(session=session),
        alerts=alerts,
        moments=moments(windows=timeline, said=said, class_alerts=of_class),
    )


def student_review(*, session: ClassSession, student: User | int, now: datetime) -> StudentReview | None:
    """None if the student never joined the session."""
    said = _said([session], student)
    summary = next(iter(summaries(sessions=[session], now=now, student=student, said=said)[session.pk]), None)
    if summary is None:
        return None
    return StudentReview(
        summary=summary,
        timeline=student_timeline(session=session, student=student, until=now),
        said=said[session.pk],
        answers=answer_windows(said[session.pk], until=_until(session, now)),
        markers=markers_of(session=session),
        alerts=_alert_rows(session.alerts.filter(student=student).order_by("fired_at")),
    )


def _said(sessions: Sequence[ClassSession], student: User | int | None = None) -> dict[int, list[Said]]:
    """What was said in each of the sessions, oldest first."""
    reports = SelfReport.objects.filter(session__in=sessions)
    reports = reports.filter(student=student) if student else reports
    found: dict[int, list[Said]] = {session.pk: [] for session in sessions}
    for session_id, student_id, at, answer in reports.values_list("session_id", "student_id", "at", "answer"):
        found[session_id].append(Said(student_id=student_id, at=at.timestamp(), answer=answer))
    return found


def _alert_rows(alerts: QuerySet[Alert]) -> list[AlertRow]:
    rows = [alert_row(alert) for alert in alerts.select_related("student")[:MOST_ALERTS]]
    return sorted(rows, key=lambda row: row["fired_at"])


def _until(session: ClassSession, now: datetime) -> float:
    return (session.ended_at or now).timestamp()
