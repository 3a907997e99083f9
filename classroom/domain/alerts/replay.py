"""The alerts that other thresholds would have given in a past session: the same rules over the stored readings."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from classroom.domain.alerts.signals import Key, batch_end, signals_between, to_datetime
from classroom.domain.alerts.tracker import AlertTracker, Change, Rules
from classroom.measures import CLOSING_DELAY_S
from classroom.models import ClassSession, Course

OFFERED = 20


@dataclass(frozen=True)
class ReplayedAlert:
    """An alert that would have fired; `recovered_at` is None while the session runs on."""

    kind: str
    student: User | None
    pending_at: datetime
    fired_at: datetime
    recovered_at: datetime | None = None


def sessions_to_replay(course: Course) -> QuerySet[ClassSession]:
    """Return the newest sessions, including the running one."""
    return course.sessions.all()[:OFFERED]


def replay_session(*, session: ClassSession, rules: Rules, now: datetime) -> list[ReplayedAlert]:
    """Return the alerts in the order in which they would have fired."""
    students = User.objects.in_bulk(session.attendances.values_list("student_id", flat=True))
    alerts: list[ReplayedAlert] = []
    last: dict[Key, int] = {}
    for change in _replay_changes(session, rules, now):
        kind, student_id = change.key
        if change.event == "fired":
            last[change.key] = len(alerts)
            student = students.get(student_id) if student_id else None
            alerts.append(ReplayedAlert(kind, student, to_datetime(change.pending_at), to_datetime(change.at)))
        elif change.event == "recovered":
            index = last[change.key]
            alerts[index] = replace(alerts[index], recovered_at=to_datetime(change.at))
    return alerts


def _replay_changes(session: ClassSession, rules: Rules, now: datetime) -> Iterator[Change]:
    tracker = AlertTracker(rules, {})
    after = session.started_at.timestamp()
    end = session.ended_at.timestamp() if session.ended_at else now.timestamp() - CLOSING_DELAY_S
    while after < end:
        until = batch_end(session=session, after=after, end=end)
        for signals in signals_between(session=session, after=after, until=until, peak=tracker.peak, now=now):
            yield from tracker.update(signals)
        after = until
    if session.ended_at:
        yield from tracker.close(end)
