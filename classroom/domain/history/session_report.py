"""The report of a session: about the class once it has ended, and about one student even while it runs."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import F, QuerySet

from accounts.models import User
from classroom.domain.alerts.records import SEVERITY_ORDER, AlertRow, alert_row
from classroom.domain.history.baseline import usual_negative
from classroom.domain.history.comparison import SessionRow, has_faces, session_rows, session_with_earlier
from classroom.domain.history.highlights import Highlight, find_highlights
from classroom.domain.history.summaries import StudentSummary, student_summaries_by_session
from classroom.domain.history.timeline import Window, class_timeline, presence_timeline, student_timeline
from classroom.domain.history.verdict import verdict
from classroom.domain.markers import MarkerRow, markers_for
from classroom.domain.self_reports import AnswerWindow, answer_windows
from classroom.measures import WINDOW_S, GivenAnswer
from classroom.models import Alert, ClassSession, SelfReport

# A page lists at most this many alerts, those about the class first. The summary has the total.
MAX_ALERTS = 200
# With more alerts than this, a page shows the GRAVEST and folds the rest away.
UNFOLDED = 8
GRAVEST = 5


@dataclass(frozen=True)
class SessionReport:
    """An ended session as its teachers see it. `verdict`: the sentences that sum it up. `earlier`: earlier sessions of
    the course, newest first. `usual_negative`: the share of negative expressions in them, or None if unknown."""

    verdict: list[str]
    row: SessionRow
    earlier: list[SessionRow]
    usual_negative: float | None
    timeline: list[Window]
    answers: list[AnswerWindow]
    markers: list[MarkerRow]
    alerts: list[AlertRow]
    highlights: list[Highlight]


@dataclass(frozen=True)
class StudentReport:
    """One student in one session. Teachers and the student see exactly the same, except in an anonymous session."""

    summary: StudentSummary
    timeline: list[Window]
    given_answers: list[GivenAnswer]
    answers: list[AnswerWindow]
    markers: list[MarkerRow]
    alerts: list[AlertRow]


class StudentPayload(TypedDict):
    """A student's report as the live dashboard fetches it; the expression is certain in `certain` of the
    `readings`, which are None in an anonymous session. Times in seconds since 1970."""

    id: int
    name: str
    window_s: int
    joined_at: float | None
    minutes: float
    rejoins: int
    readings: int | None
    certain: int | None
    timeline: list[Window]
    answers: list[AnswerWindow]
    said: list[dict[str, Any]]
    markers: list[MarkerRow]
    alerts: list[AlertRow]


def build_session_report(*, session: ClassSession, now: datetime) -> SessionReport:
    """The report of an ended session."""
    sessions = session_with_earlier(session=session)
    answers_by_session = _answers_by_session(sessions)
    answers = answers_by_session[session.pk]
    row, *earlier = session_rows(sessions=sessions, now=now, answers=answers_by_session)
    timeline = class_timeline(session=session, until=now)
    alerts = _alert_rows(session.alerts.shown_to_staff().order_by(F("student").asc(nulls_first=True), "fired_at"))
    class_alerts = [(alert["fired_at"], alert["kind"]) for alert in alerts if alert["student"] is None]
    highlights = find_highlights(windows=timeline, answers=answers, class_alerts=class_alerts)
    return SessionReport(
        verdict=verdict(row=row, highlights=highlights, reads_faces=has_faces(row)),
        row=row,
        earlier=earlier,
        usual_negative=usual_negative(course_id=session.course_id, before=session.started_at),
        timeline=timeline,
        answers=answer_windows(answers, until=_end(session, now)),
        markers=markers_for(session=session),
        alerts=alerts,
        highlights=highlights,
    )


def build_student_report(
    *, session: ClassSession, student: User | int, now: datetime, own: bool = False
) -> StudentReport | None:
    """None if the student never joined the session, which may still be running. `own`: for the student themselves."""
    answers = _answers_by_session([session], student)
    summaries = student_summaries_by_session(sessions=[session], now=now, student=student, answers=answers, own=own)
    if not summaries[session.pk]:
        return None
    alerts = session.alerts.filter(student=student)
    build_timeline = presence_timeline if session.is_anonymous and not own else student_timeline
    return StudentReport(
        summary=summaries[session.pk][0],
        timeline=build_timeline(session=session, student=student, until=now),
        given_answers=answers[session.pk],
        answers=answer_windows(answers[session.pk], until=_end(session, now)),
        markers=markers_for(session=session),
        alerts=_alert_rows((alerts if own else alerts.shown_to_staff()).order_by("fired_at")),
    )


def gravest_alerts(alerts: Sequence[AlertRow]) -> list[AlertRow]:
    """The GRAVEST of more than UNFOLDED alerts, in their order, or none if they need no folding. Alerts that another
    one explains rank last; then the kind decides, then the duration."""
    if len(alerts) <= UNFOLDED:
        return []

    def gravity(alert: AlertRow) -> tuple[bool, int, float]:
        lasted = (alert["recovered_at"] or math.inf) - alert["fired_at"]
        return alert["explained_by"] is not None, SEVERITY_ORDER.index(alert["kind"]), -lasted

    chosen = {alert["id"] for alert in sorted(alerts, key=gravity)[:GRAVEST]}
    return [alert for alert in alerts if alert["id"] in chosen]


def to_payload(report: StudentReport) -> StudentPayload:
    summary, presence = report.summary, report.summary.presence
    return {
        "id": summary.id,
        "name": summary.name,
        "window_s": WINDOW_S,
        "joined_at": presence.joined_at.timestamp() if presence.joined_at else None,
        "minutes": presence.minutes,
        "rejoins": presence.rejoins,
        "readings": None if summary.is_anonymous else summary.readings,
        "certain": None if summary.is_anonymous else summary.certain,
        "timeline": report.timeline,
        "answers": report.answers,
        "said": [asdict(answer) for answer in report.given_answers],
        "markers": report.markers,
        "alerts": report.alerts,
    }


def _answers_by_session(
    sessions: Sequence[ClassSession], student: User | int | None = None
) -> dict[int, list[GivenAnswer]]:
    """Each session's answers, or those of one student, oldest first. One query."""
    reports = SelfReport.objects.filter(session__in=sessions)
    reports = reports.filter(student=student) if student else reports
    found: dict[int, list[GivenAnswer]] = {session.pk: [] for session in sessions}
    for session_id, student_id, at, answer in reports.values_list("session_id", "student_id", "at", "answer"):
        found[session_id].append(GivenAnswer(student_id=student_id, at=at.timestamp(), answer=answer))
    return found


def _alert_rows(alerts: QuerySet[Alert]) -> list[AlertRow]:
    """The first MAX_ALERTS, in the order in which they fired."""
    rows = [alert_row(alert) for alert in alerts.select_related("student", "acknowledged_by")[:MAX_ALERTS]]
    return sorted(rows, key=lambda row: row["fired_at"])


def _end(session: ClassSession, now: datetime) -> float:
    return (session.ended_at or now).timestamp()
