"""Which part of a session can no longer change, so that its roll-ups stand for its readings."""

from datetime import datetime, timedelta

from classroom.measures import window_start
from classroom.models import ClassSession

# A reading is written, and a lost stay is noticed, within this time; what is older stays as it is.
LATE = timedelta(minutes=5)
MINUTE_S = 60


def is_settled(session: ClassSession) -> bool:
    """Whether the roll-ups cover the whole session."""
    return bool(
        session.ended_at and session.rolled_up_until is not None and session.rolled_up_until >= session.ended_at
    )


def settled_until(session: ClassSession) -> int:
    """The moment, in seconds since 1970 and on a whole minute, before which the roll-ups are complete."""
    start = window_start(session.started_at.timestamp())
    if session.rolled_up_until is None:
        return start
    return max(start, minute_start(session.rolled_up_until - LATE))


def minute_start(moment: datetime) -> int:
    return int(moment.timestamp() // MINUTE_S) * MINUTE_S
