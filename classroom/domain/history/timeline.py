"""The class, and each student, over the windows of a session. The database does the summing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any, TypedDict

from django.db.models import Avg, QuerySet

from accounts.models import User
from classroom.domain.history.watermark import is_settled, settled_until
from classroom.measures import (
    EXPRESSIONS,
    TREND_LENGTH,
    WINDOW_S,
    Mood,
    Probabilities,
    Sample,
    last_closed_window,
    merged,
    mood,
    valence,
    window_start,
)
from classroom.models import ClassSession, ClassWindow, Reading, Stay
from classroom.models.reading import CERTAIN
from classroom.models.windows import WindowStart

NOBODY = Mood(probabilities=None, seen=0)
# Of a longer time with nobody there a timeline has the first window and the last: a session may be forgotten for days.
LONGEST_SILENCE = 3600 // WINDOW_S


class Window(TypedDict):
    """One point of a timeline; `at` is the window's start. Without anyone seen, probabilities is None."""

    at: int
    probabilities: Probabilities | None
    seen: int
    present: int


def class_timeline(*, session: ClassSession, until: datetime) -> list[Window]:
    """Every window of the session that has closed by `until`, or of the whole session once it has ended; a time of over
    LONGEST_SILENCE windows in which nobody was there has the first and the last alone.

    What is settled comes from the roll-ups, the rest from the readings: the figures are the same.
    """
    stored = session.windows.all()
    if is_settled(session):
        return _complete([window_of(row) for row in stored], _window_starts(session, until))
    since = settled_until(session)
    if session.rolled_up_until is None:
        return windows_read(session=session, since=since, until=until)
    settled = [window_of(row) for row in stored.filter(at__lt=datetime.fromtimestamp(since, UTC))]
    newer = windows_with_someone(session=session, since=since, until=until)
    return _complete(settled + newer, _window_starts(session, until))


def student_timeline(*, session: ClassSession, student: User | int, until: datetime) -> list[Window]:
    """The same of one student alone, from her readings: `seen` and `present` are 0 or 1."""
    stays = Stay.objects.filter(attendance__session=session, attendance__student=student)
    starts = _window_starts(session, until)
    return _complete(_timeline(session.readings.filter(student=student), stays, until, starts), starts)


def windows_read(*, session: ClassSession, since: int, until: datetime) -> list[Window]:
    """The windows of the class from `since` on, seconds since 1970 at a window's start, straight from the readings."""
    found = windows_with_someone(session=session, since=since, until=until)
    return _complete(found, _from(_window_starts(session, until), since))


def windows_with_someone(*, session: ClassSession, since: int, until: datetime) -> list[Window]:
    """Of these, the windows in which anyone was present or seen."""
    readings = session.readings.filter(captured_at__gte=datetime.fromtimestamp(since, UTC))
    stays = Stay.objects.filter(attendance__session=session)
    return _timeline(readings, stays, until, _from(_window_starts(session, until), since))


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
    rows = session.readings.filter(CERTAIN, captured_at__gte=since).order_by("captured_at")
    for row in rows.values("student_id", *EXPRESSIONS):
        found[row["student_id"]].append(round(valence(row), 3))
    return {student_id: values[-TREND_LENGTH:] for student_id, values in found.items()}


def _timeline(readings: QuerySet[Reading], stays: QuerySet[Stay], until: datetime, starts: range) -> list[Window]:
    """Of the windows with these starts, those in which anyone was present or seen."""
    if not starts:
        return []
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


def _complete(windows: Iterable[Window], starts: range) -> list[Window]:
    """The windows, in order, with those between them and up to both ends in which nobody was there."""
    found: list[Window] = []
    known = {window["at"]: window for window in windows if window["at"] in starts and _has_someone(window)}
    for one, other in pairwise([starts.start - WINDOW_S, *known, starts.stop]):
        silent = range(one + WINDOW_S, other, WINDOW_S)
        shown: Iterable[int] = silent if len(silent) <= LONGEST_SILENCE else (silent[0], silent[-1])
        found += [{"at": at, "probabilities": None, "seen": 0, "present": 0} for at in shown]
        if other in known:
            found.append(known[other])
    return found


def _has_someone(window: Window) -> bool:
    return bool(window["present"] or window["seen"])


def _moods(readings: QuerySet[Reading]) -> dict[int, Mood]:
    """The mood of each window. The database gives each student's mean in a window; `mood` averages the students."""
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
    return {window: mood(of_window) for window, of_window in samples.items()}


def _window_starts(session: ClassSession, until: datetime) -> range:
    """Of a whole number of windows, so that it stops where the last one does."""
    first = window_start(session.started_at.timestamp())
    last = window_start(session.ended_at.timestamp()) if session.ended_at else last_closed_window(until.timestamp())
    return range(first, max(first, last + WINDOW_S), WINDOW_S)


def _from(starts: range, since: int) -> range:
    return range(min(max(starts.start, since), starts.stop), starts.stop, WINDOW_S)


def _present(stays: QuerySet[Stay], until: datetime, starts: range) -> Counter[int]:
    """How many students were there in each of the windows, where anyone was."""
    by_student: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for stay in stays.select_related("attendance"):
        by_student[stay.attendance.student_id].append(_windows_of(stay, until, starts))
    changes: Counter[int] = Counter()
    for of_student in by_student.values():
        for first, end in merged(of_student):
            changes[first] += 1
            changes[end] -= 1
    moments = sorted(changes)
    counts = accumulate(changes[at] for at in moments)
    return Counter(
        {
            at: n
            for (start, end), n in zip(pairwise(moments), counts, strict=False)
            if n
            for at in range(start, end, WINDOW_S)
        }
    )


def _windows_of(stay: Stay, until: datetime, starts: range) -> tuple[int, int]:
    """The first of the windows that a stay touches, and the one after the last; the same where it touches none."""
    first = max(window_start(stay.joined_at.timestamp()), starts.start)
    end = min(window_start(stay.ended_by(until).timestamp()) + WINDOW_S, starts.stop)
    return first, max(first, end)
