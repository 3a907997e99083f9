"""Timelines of a session, one point a window, of the class and of each student. The database does the summing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any, TypedDict

from django.db.models import Avg, QuerySet

from accounts.models import User
from classroom.domain.history.watermark import is_fully_rolled_up, watermark
from classroom.measures import (
    EXPRESSIONS,
    TREND_LENGTH,
    WINDOW_S,
    Mood,
    Probabilities,
    Sample,
    last_closed_window,
    merge_intervals,
    mood,
    valence,
    window_start,
)
from classroom.models import ClassSession, ClassWindow, Reading, Stay
from classroom.models.attendance import stay_end
from classroom.models.reading import CERTAIN
from classroom.models.windows import WindowStart

NOBODY = Mood(probabilities=None, seen=0)
# A longer gap with nobody present shows only its first and its last window: a session may be left open for days.
LONGEST_GAP = 3600 // WINDOW_S


class Window(TypedDict):
    """One point of a timeline; `at` is the window's start in seconds since 1970. Probabilities are None when nobody was
    seen."""

    at: int
    probabilities: Probabilities | None
    seen: int
    present: int


def class_timeline(*, session: ClassSession, until: datetime) -> list[Window]:
    """Every window of the session that has closed by `until`, or of the whole session once it has ended. A gap of more
    than LONGEST_GAP windows with nobody present shows only the first and the last of them.

    Windows before the watermark come from the roll-ups, the rest from the readings: the figures are the same.
    """
    starts = _window_starts(session, until)
    if is_fully_rolled_up(session):
        return _fill_gaps([to_window(row) for row in session.windows.all()], starts)
    since = watermark(session)
    stored: list[Window] = []
    if session.rolled_up_until is not None:
        rows = session.windows.filter(at__lt=datetime.fromtimestamp(since, UTC))
        stored = [to_window(row) for row in rows]
    return _fill_gaps(stored + occupied_windows(session=session, since=since, until=until), starts)


def student_timeline(*, session: ClassSession, student: User | int, until: datetime) -> list[Window]:
    """The same windows for one student, from the student's readings: `seen` and `present` are 0 or 1."""
    starts = _window_starts(session, until)
    windows = occupied_windows(session=session, since=starts.start, until=until, student=student)
    return _fill_gaps(windows, starts)


def occupied_windows(
    *, session: ClassSession, since: int, until: datetime, student: User | int | None = None
) -> list[Window]:
    """The windows from `since` on (a window's start) in which anyone, or the one student, was present or seen. They
    come from the readings and stays: two queries."""
    starts = _window_starts(session, until)
    starts = range(min(max(starts.start, since), starts.stop), starts.stop, WINDOW_S)
    if not starts:
        return []
    readings = session.readings.filter(captured_at__gte=datetime.fromtimestamp(since, UTC))
    stays = Stay.objects.filter(attendance__session=session)
    if student is not None:
        readings, stays = readings.filter(student=student), stays.filter(attendance__student=student)
    moods = _moods(readings)
    present = _present(stays, until, starts)
    return [
        {
            "at": at,
            "probabilities": moods.get(at, NOBODY).probabilities,
            "seen": moods.get(at, NOBODY).seen,
            "present": present[at],
        }
        for at in sorted(moods.keys() | present.keys())
        if at in starts
    ]


def to_window(row: ClassWindow) -> Window:
    return {
        "at": int(row.at.timestamp()),
        "probabilities": row.probabilities,
        "seen": row.seen,
        "present": row.present,
    }


def trends(*, session: ClassSession, since: datetime) -> dict[int, list[float]]:
    """The valence of each student's certain readings since then, oldest first, at most TREND_LENGTH."""
    found: dict[int, list[float]] = defaultdict(list)
    rows = session.readings.filter(CERTAIN, captured_at__gte=since).order_by("captured_at")
    for row in rows.values("student_id", *EXPRESSIONS):
        found[row["student_id"]].append(round(valence(row), 3))
    return {student_id: values[-TREND_LENGTH:] for student_id, values in found.items()}


def _window_starts(session: ClassSession, until: datetime) -> range:
    """The starts of the session's windows; `stop` is where the last one ends."""
    first = window_start(session.started_at.timestamp())
    last = window_start(session.ended_at.timestamp()) if session.ended_at else last_closed_window(until.timestamp())
    return range(first, max(first, last + WINDOW_S), WINDOW_S)


def _fill_gaps(windows: Iterable[Window], starts: range) -> list[Window]:
    """The windows in order, with empty ones between them and up to both ends."""
    found: list[Window] = []
    occupied = {
        window["at"]: window for window in windows if window["at"] in starts and (window["present"] or window["seen"])
    }
    for one, other in pairwise([starts.start - WINDOW_S, *occupied, starts.stop]):
        gap = range(one + WINDOW_S, other, WINDOW_S)
        shown: Iterable[int] = gap if len(gap) <= LONGEST_GAP else (gap[0], gap[-1])
        found += [{"at": at, "probabilities": None, "seen": 0, "present": 0} for at in shown]
        if other in occupied:
            found.append(occupied[other])
    return found


def _moods(readings: QuerySet[Reading]) -> dict[int, Mood]:
    """The mood of each window. The database computes each student's mean in a window; `mood` averages the students."""
    rows: Any = (
        readings.filter(CERTAIN)
        .annotate(window=WindowStart("captured_at", seconds=WINDOW_S))
        .values("window", "student_id")
        .annotate(**{f"mean_{name}": Avg(name) for name in EXPRESSIONS})
        .order_by("window")
    )
    samples: dict[int, list[Sample]] = defaultdict(list)
    for row in rows:
        probabilities: Probabilities = {name: row[f"mean_{name}"] for name in EXPRESSIONS}
        samples[row["window"]].append(Sample(row["student_id"], row["window"], probabilities))
    return {window: mood(in_window) for window, in_window in samples.items()}


def stay_windows(stays: QuerySet[Stay], until: datetime) -> Any:
    """Return (student, first window, last window) of the stays. Short stays of a student within the same windows are
    one row, however many there are."""
    first, last = (WindowStart(moment, seconds=WINDOW_S) for moment in ("joined_at", stay_end(until)))
    rows = stays.annotate(first=first, last=last).order_by()
    return rows.values_list("attendance__student_id", "first", "last").distinct()


def _present(stays: QuerySet[Stay], until: datetime, starts: range) -> Counter[int]:
    """The number of students present in each window, without the empty ones. A stay counts in every window that it
    touches; overlapping stays of one student count once."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for student_id, first, last in stay_windows(stays, until):
        span = (max(first, starts.start), min(last + WINDOW_S, starts.stop))
        if span[0] < span[1]:
            spans[student_id].append(span)
    changes: Counter[int] = Counter()
    for of_student in spans.values():
        for first, end in merge_intervals(of_student):
            changes[first] += 1
            changes[end] -= 1
    edges = sorted(changes)
    counts = accumulate(changes[at] for at in edges)
    return Counter(
        {
            at: count
            for (start, end), count in zip(pairwise(edges), counts, strict=False)
            if count
            for at in range(start, end, WINDOW_S)
        }
    )
