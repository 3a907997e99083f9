"""The class, and each student, over the windows of a session. The database does the summing."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypedDict

from django.db.models import Avg, QuerySet

from accounts.models import User
from classroom.domain.settled import is_settled, settled_until
from classroom.measures import (
    EXPRESSIONS,
    TREND_LENGTH,
    WINDOW_S,
    Mood,
    Probabilities,
    Sample,
    last_closed_window,
    mood,
    valence,
    window_start,
)
from classroom.models import ClassSession, ClassWindow, Reading, Stay
from classroom.models.windows import WindowStart

NOBODY = Mood(probabilities=None, seen=0)


class Window(TypedDict):
    """One point of a timeline; `at` is the window's start. Without anyone seen, probabilities is None."""

    at: int
    probabilities: Probabilities | None
    seen: int
    present: int


def class_timeline(*, session: ClassSession, until: datetime) -> list[Window]:
    """Every window of the session that has closed by `until`, or of the whole session once it has ended.

    What is settled comes from the roll-ups, the rest from the readings: the figures are the same.
    """
    stored = session.windows.all()
    if is_settled(session):
        return [window_of(row) for row in stored]
    since = settled_until(session)
    if session.rolled_up_until is None:
        return windows_read(session=session, since=since, until=until)
    settled = [window_of(row) for row in stored.filter(at__lt=datetime.fromtimestamp(since, UTC))]
    return settled + windows_read(session=session, since=since, until=until)


def student_timeline(*, session: ClassSession, student: User | int, until: datetime) -> list[Window]:
    """The same of one student alone, from her readings: `seen` and `present` are 0 or 1."""
    stays = Stay.objects.filter(attendance__session=session, attendance__student=student)
    return _timeline(session, session.readings.filter(student=student), stays, until)


def windows_read(*, session: ClassSession, since: int, until: datetime) -> list[Window]:
    """The windows of the class from `since` on, seconds since 1970 at a window's start, straight from the readings."""
    readings = session.readings.filter(captured_at__gte=datetime.fromtimestamp(since, UTC))
    stays = Stay.objects.filter(attendance__session=session)
    return _timeline(session, readings, stays, until, since)


def window_of(row: ClassWindow) -> Window:
    return {
        "at": int(row.at.timestamp()),
        "probabilities": row.probabilities,
        "seen": row.seen,
        "present": row.present,
    }


def trends(*, session: ClassSession, since: datetime) -> dict[int, list[float]]:
    """The valence of each student's certain readings since then, oldest first, at most TREND_LENGTH."""
    found: dict[int, list[float]] = defaultdict(list)
    rows = _certain(session.readings.filter(captured_at__gte=since)).order_by("captured_at")
    for row in rows.values("student_id", *EXPRESSIONS):
        found[row["student_id"]].append(round(valence(row), 3))
    return {student_id: values[-TREND_LENGTH:] for student_id, values in found.items()}


def _timeline(
    session: ClassSession, readings: QuerySet[Reading], stays: QuerySet[Stay], until: datetime, since: int = 0
) -> list[Window]:
    starts = [at for at in _window_starts(session, until) if at >= since]
    if not starts:
        return []
    moods = _moods(readings)
    present = _present(stays, until, starts[0])
    return [
        {
            "at": at,
            "probabilities": moods.get(at, NOBODY).probabilities,
            "seen": moods.get(at, NOBODY).seen,
            "present": present[at],
        }
        for at in starts
    ]


def _certain(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    return readings.filter(faces__gt=0, uncertain="")


def _moods(readings: QuerySet[Reading]) -> dict[int, Mood]:
    """The mood of each window. The database gives each student's mean in a window; `mood` averages the students."""
    rows: Any = (
        _certain(readings)
        .annotate(window=WindowStart("captured_at", seconds=WINDOW_S))
        .values("window", "student_id")
        .annotate(**{f"mean_{name}": Avg(name) for name in EXPRESSIONS})
        .order_by("window")
    )
    samples: dict[int, list[Sample]] = defaultdict(list)
    for row in rows:
        probabilities: Probabilities = {name: row[f"mean_{name}"] for name in EXPRESSIONS}
        samples[row["window"]].append(Sample(row["student_id"], row["window"], probabilities))
    return {window: mood(of_window) for window, of_window in samples.items()}


def _window_starts(session: ClassSession, until: datetime) -> range:
    first = window_start(session.started_at.timestamp())
    if session.ended_at:
        return range(first, window_start(session.ended_at.timestamp()) + 1, WINDOW_S)
    return range(first, last_closed_window(until.timestamp()) + 1, WINDOW_S)


def _present(stays: QuerySet[Stay], until: datetime, since: int) -> Counter[int]:
    """How many students were there in each window from `since` on."""
    pairs = {pair for stay in stays.select_related("attendance") for pair in _windows_of(stay, until, since)}
    return Counter(window for _, window in pairs)


def _windows_of(stay: Stay, until: datetime, since: int) -> Iterator[tuple[int, int]]:
    """The windows from `since` on that a stay touches, each with its student."""
    first = max(window_start(stay.joined_at.timestamp()), since)
    for window in range(first, int(stay.ended_by(until).timestamp()) + 1, WINDOW_S):
        yield stay.attendance.student_id, window
