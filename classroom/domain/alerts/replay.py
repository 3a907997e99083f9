"""The alerts that other thresholds would have raised in a past session: the same rules over the stored readings."""

from collections.abc import Iterable, Mapping
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
    """An alert that would have fired; `recovered_at` is None while the session runs on. If it `is_explained`, the
    class's alert contains it."""

    kind: str
    student: User | None
    pending_at: datetime
    fired_at: datetime
    recovered_at: datetime | None = None
    is_explained: bool = False


def sessions_to_replay(course: Course) -> QuerySet[ClassSession]:
    """Return the newest sessions, including the running one."""
    return course.sessions.all()[:OFFERED]


def replay_session(
    *, session: ClassSession, rules: Mapping[str, Rules], now: datetime
) -> dict[str, list[ReplayedAlert]]:
    """Return the alerts of several sets of rules, by set name, each in the order in which they would have fired."""
    students = User.objects.in_bulk(session.attendances.values_list("student_id", flat=True))
    changes = _replay_changes(session, rules, now)
    return {name: _alerts(changes[name], students) for name in rules}


def _alerts(changes: Iterable[Change], students: Mapping[int, User]) -> list[ReplayedAlert]:
    alerts: list[ReplayedAlert] = []
    last: dict[Key, int] = {}
    for change in changes:
        kind, student_id = change.key
        if change.event == "fired":
            last[change.key] = len(alerts)
            student = students.get(student_id) if student_id else None
            alerts.append(ReplayedAlert(kind, student, to_datetime(change.pending_at), to_datetime(change.at)))
            continue
        index = last[change.key]
        if change.event == "recovered":
            alerts[index] = replace(alerts[index], recovered_at=to_datetime(change.at))
        elif change.event in ("explained", "unexplained"):
            alerts[index] = replace(alerts[index], is_explained=change.event == "explained")
    return alerts


def _replay_changes(session: ClassSession, rules: Mapping[str, Rules], now: datetime) -> dict[str, list[Change]]:
    """Return the changes under each set of rules. The signals, which take most of the time, are computed once."""
    trackers = {name: AlertTracker(each, {}) for name, each in rules.items()}
    changes: dict[str, list[Change]] = {name: [] for name in rules}
    after, peak = session.started_at.timestamp(), 0
    end = session.ended_at.timestamp() if session.ended_at else now.timestamp() - CLOSING_DELAY_S
    while after < end:
        until = batch_end(session=session, after=after, end=end)
        for signals in signals_between(session=session, after=after, until=until, peak=peak, now=now):
            peak = signals.peak
            for name, tracker in trackers.items():
                changes[name] += tracker.update(signals)
        after = until
    if session.ended_at:
        for name, tracker in trackers.items():
            changes[name] += tracker.close(end)
    return changes
