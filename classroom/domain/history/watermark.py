"""The watermark of a session: nothing before it can change any more, so its roll-ups stand in for its readings."""

from datetime import datetime, timedelta

from classroom.measures import window_start
from classroom.models import ClassSession

# Readings and the ends of lost stays are written within this time; anything older no longer changes.
ALLOWED_LATENESS = timedelta(minutes=5)
MINUTE_S = 60


def is_fully_rolled_up(session: ClassSession) -> bool:
    """Return whether the roll-ups cover the whole session."""
    return bool(
        session.ended_at and session.rolled_up_until is not None and session.rolled_up_until >= session.ended_at
    )


def watermark(session: ClassSession) -> int:
    """The time before which the roll-ups are complete, in seconds since 1970 and on a whole minute."""
    start = window_start(session.started_at.timestamp())
    if session.rolled_up_until is None:
        return start
    return max(start, minute_start(session.rolled_up_until - ALLOWED_LATENESS))


def minute_start(at: datetime) -> int:
    return int(at.timestamp() // MINUTE_S) * MINUTE_S
