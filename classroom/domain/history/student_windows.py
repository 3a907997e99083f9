"""Each student's readings by window, the source of timelines, roll-ups and totals. The database does the summing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Avg, Count, FloatField, QuerySet

from classroom.measures import EXPRESSIONS, SHOWN, WINDOW_S, Counts, Probabilities, shown
from classroom.models import Reading
from classroom.models.reading import CERTAIN, UNCERTAIN, VALENCE
from classroom.models.windows import WindowStart

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StudentWindow:
    """A student's readings in the window that starts at `at`: how many in all, with a certain expression, and with a
    face but an uncertain expression. The means are over the certain ones, or None without any."""

    session_id: int
    student_id: int
    at: int
    readings: int
    certain: int
    uncertain: int
    mean: Probabilities | None
    valence_square: float | None

    @property
    def shown(self) -> str:
        return shown(self.mean, has_face=self.uncertain > 0)


def student_windows(readings: QuerySet[Reading]) -> list[StudentWindow]:
    """The windows in which each student has readings, oldest first. One query."""
    return [_to_window(row) for row in _window_rows(readings).order_by("window", "student_id")]


def windows_by_student(readings: QuerySet[Reading]) -> Iterator[list[StudentWindow]]:
    """The same, one student in one session at a time, each oldest first: a course may have millions of windows, too
    many to hold at once. One query."""
    rows = _window_rows(readings).order_by("session_id", "student_id", "window")
    windows = map(_to_window, rows.iterator(chunk_size=ROWS_AT_ONCE))
    for _, own in groupby(windows, attrgetter("session_id", "student_id")):
        yield list(own)


def count_windows(windows: Iterable[StudentWindow]) -> Counts:
    """In how many of the windows the student shows each of SHOWN; UNREAD are those without a face in any snapshot."""
    counts = Counter(window.shown for window in windows)
    return {name: counts[name] for name in SHOWN}


def _window_rows(readings: QuerySet[Reading]) -> Any:
    return (
        readings.annotate(window=WindowStart("captured_at", seconds=WINDOW_S))
        .values("session_id", "student_id", "window")
        .annotate(
            total=Count("pk"),
            certain=Count("pk", filter=CERTAIN),
            guessed=Count("pk", filter=UNCERTAIN),
            square=Avg(VALENCE * VALENCE, filter=CERTAIN, output_field=FloatField()),
            **{f"mean_{name}": Avg(name, filter=CERTAIN) for name in EXPRESSIONS},
        )
        .values_list(
            *("session_id", "student_id", "window", "total", "certain", "guessed", "square"),
            *(f"mean_{name}" for name in EXPRESSIONS),
        )
    )


def _to_window(row: tuple[Any, ...]) -> StudentWindow:
    session_id, student_id, at, total, certain, uncertain, square, *means = row
    return StudentWindow(
        session_id=session_id,
        student_id=student_id,
        at=at,
        readings=total,
        certain=certain,
        uncertain=uncertain,
        mean=dict(zip(EXPRESSIONS, means, strict=True)) if certain else None,
        valence_square=square,
    )
