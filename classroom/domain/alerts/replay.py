"""What other thresholds would have given in a past session: the same rules over the readings that are stored."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from classroom.domain.alerts.signals import Key, Look, looks, moment, piece_end
from classroom.domain.alerts.tracker import Change, Rules, Watch
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
    """The newest sessions, the running one too."""
    return course.sessions.all()[:OFFERED]


def replay_session(*, session: ClassSession, rules: Rules, now: datetime) -> list[ReplayedAlert]:
    """By when they fired."""
    students = User.objects.in_bulk(session.attendances.values_list("student_id", flat=True))
    found: list[ReplayedAlert] = []
    last: dict[Key, int] = {}
    for change in _changes(session, rules, now):
        kind, student_id = change.key
        if change.event == "fired":
            last[change.key] = len(found)
            student = students.get(student_id) if student_id else None
            found.append(ReplayedAlert(kind, student, moment(change.pending_at), moment(change.at)))
        elif change.event == "recovered":
            place = last[change.key]
            found[place] = replace(found[place], recovered_at=moment(change.at))
    return found


def _changes(session: ClassSession, rules: Rules, now: datetime) -> Iterator[Change]:
    watch = Watch(rules, {})
    end = session.ended_at.timestamp() if session.ended_at else now.timestamp() - CLOSING_DELAY_S
    for look in _all_looks(session, end, now):
        yield from watch.take(look)
    if session.ended_at:
        yield from watch.close(end)


def _all_looks(session: ClassSession, end: float, now: datetime) -> Iterator[Look]:
    after, peak = session.started_at.timestamp(), 0
    while after < end:
        until = piece_end(session=session, after=after, end=end)
        for look in looks(session=session, after=after, until=until, peak=peak, now=now):
            peak = look.peak
            yield look
        after = until
