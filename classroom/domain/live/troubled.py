"""Since when faces have looked troubled, for a dashboard that was not open then."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Avg

from classroom.domain.history.watermark import MINUTE_S, minute_start
from classroom.domain.live.mood_trend import CALM_BOUND, REMEMBERED_S
from classroom.measures import EXPRESSIONS, WINDOW_S, negative_share
from classroom.models import ClassSession
from classroom.models.reading import CERTAIN
from classroom.models.windows import WindowStart

# The last minutes are read by windows of ten seconds, what is older by minutes.
FINE = timedelta(minutes=3)

# A stretch of time of one student: its start, its length in seconds, and the negative share in it.
Stretch = tuple[float, int, float]


def troubled_since(*, session: ClassSession, students: Collection[int], now: datetime) -> dict[int, float]:
    """Of students whose faces look troubled now, the moment (seconds since 1970) from which they have done so without
    a break, to ten seconds or, long ago, a minute. Two queries, none without students."""
    if not students:
        return {}
    border = minute_start(now - FINE)
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for student, stretch in [*_minutes(session, students, border), *_windows(session, students, border)]:
        stretches[student].append(stretch)
    starts = {student: _run_start(rows, now.timestamp()) for student, rows in stretches.items()}
    return {student: start for student, start in starts.items() if start is not None}


def _run_start(stretches: list[Stretch], now: float) -> float | None:
    """Where the last unbroken run of negative stretches began."""
    start, follows = None, now
    for at, length, negative in reversed(stretches):
        if negative < CALM_BOUND or follows - (at + length) > REMEMBERED_S:
            break
        start = follows = at
    return start


def _minutes(session: ClassSession, students: Collection[int], border: int) -> list[tuple[int, Stretch]]:
    rows: Any = session.student_minutes.filter(student__in=students, certain__gt=0, at__lt=_moment(border))
    values = rows.order_by("at").values("student_id", "at", *EXPRESSIONS)
    return [(row["student_id"], (row["at"].timestamp(), MINUTE_S, negative_share(row))) for row in values]


def _windows(session: ClassSession, students: Collection[int], border: int) -> list[tuple[int, Stretch]]:
    readings: Any = session.readings.filter(CERTAIN, student__in=students, captured_at__gte=_moment(border))
    means = {f"mean_{name}": Avg(name) for name in EXPRESSIONS}
    rows = readings.annotate(window=WindowStart("captured_at", seconds=WINDOW_S)).values("window", "student_id")
    return [
        (row["student_id"], (row["window"], WINDOW_S, negative_share({n: row[f"mean_{n}"] for n in EXPRESSIONS})))
        for row in rows.annotate(**means).order_by("window")
    ]


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
