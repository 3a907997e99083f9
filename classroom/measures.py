"""Every figure derived from readings is computed here, and nowhere else.

An expression is not an emotion: these figures describe what the network read in faces, no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from emotions.labels import EXPRESSIONS

Probabilities = dict[str, float]

NEGATIVE = ("angry", "disgust", "fear", "sad")
# The class's mood "now" is that of the last ten seconds, and its timeline has a point for every ten seconds.
WINDOW_S = 10
CLOSING_DELAY_S = 2
TREND_LENGTH = 40


@dataclass(frozen=True)
class Sample:
    """One reading as the measures need it. `probabilities` is None without a face, or where the network could not
    tell (an uncertain reading): such a student was looked at, but not seen."""

    student_id: int
    at: float
    probabilities: Probabilities | None


@dataclass(frozen=True)
class Mood:
    """The class over one window: the mean over the students seen of each student's own mean, so that nobody weighs
    more for sending more snapshots. `seen` counts the students behind the mean; without any it is None."""

    probabilities: Probabilities | None
    seen: int


def valence(probabilities: Mapping[str, float]) -> float:
    """From -1 (only negative expressions) to 1 (only happy); neutral and surprise count as neither."""
    return probabilities["happy"] - sum(probabilities[name] for name in NEGATIVE)


def mean(distributions: Iterable[Mapping[str, float]]) -> Probabilities | None:
    """The mean distribution, or None of none."""
    rows = list(distributions)
    if not rows:
        return None
    return {name: sum(row[name] for row in rows) / len(rows) for name in EXPRESSIONS}


def mood(samples: Iterable[Sample]) -> Mood:
    """The mood of the class over the samples of one window."""
    by_student: dict[int, list[Probabilities]] = {}
    for sample in samples:
        if sample.probabilities is not None:
            by_student.setdefault(sample.student_id, []).append(sample.probabilities)
    means = [each for rows in by_student.values() if (each := mean(rows)) is not None]
    return Mood(probabilities=mean(means), seen=len(means))


def last_closed_window(now: float) -> int:
    """The start of the newest window that is over. It closes a little late, for readings still under way."""
    return window_start(now - CLOSING_DELAY_S) - WINDOW_S


def window_start(at: float) -> int:
    """The start, in seconds since 1970, of the timeline window that holds the moment."""
    return int(at // WINDOW_S) * WINDOW_S
