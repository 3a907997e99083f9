"""One student in a running session, as her teacher's dashboard asks for it: what her own page will show her too."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, TypedDict

from accounts.models import User
from classroom.domain.alerts.evaluation import AlertRow
from classroom.domain.history.session_report import student_review
from classroom.domain.history.timeline import Window
from classroom.domain.markers import MarkerRow
from classroom.domain.self_reports import AnswerWindow
from classroom.measures import WINDOW_S
from classroom.models import ClassSession


class StudentSoFar(TypedDict):
    """`certain` of the `readings` could be told. Times in seconds since 1970."""

    id: int
    name: str
    window_s: int
    joined_at: float | None
    minutes: float
    rejoins: int
    readings: int
    certain: int
    timeline: list[Window]
    answers: list[AnswerWindow]
    said: list[dict[str, Any]]
    markers: list[MarkerRow]
    alerts: list[AlertRow]


def student_so_far(*, session: ClassSession, student: User | int, now: datetime) -> StudentSoFar | None:
    """None if she has not joined the session."""
    review = student_review(session=session, student=student, now=now)
    if review is None:
        return None
    summary = review.summary
    return {
        "id": summary.id,
        "name": summary.name,
        "window_s": WINDOW_S,
        "joined_at": summary.joined_at.timestamp() if summary.joined_at else None,
        "minutes": summary.minutes,
        "rejoins": summary.rejoins,
        "readings": summary.readings,
        "certain": summary.certain,
        "timeline": review.timeline,
        "answers": review.answers,
        "said": [asdict(said) for said in review.said],
        "markers": review.markers,
        "alerts": review.alerts,
    }
