"""Every figure derived from readings is computed here, and nowhere else; docs/measures.md tells their worth.

An expression is not an emotion: these figures describe what the network read in faces, no more.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import TypeVar

from emotions.labels import EXPRESSIONS

Probabilities = dict[str, float]
Moment = TypeVar("Moment", int, float, datetime)

NEGATIVE = ("angry", "disgust", "fear", "sad")
# The class's mood "now" is that of the last ten seconds, and its timeline has a point for every ten seconds.
WINDOW_S = 10
CLOSING_DELAY_S = 2
TREND_LENGTH = 40
# Smoothing forgets: after this time a reading weighs a third (1/e) of a fresh one.
SMOOTHING_S = 5
# Beyond this a negative share counts as a negative expression.
NEGATIVE_BOUND = 0.5
# A figure of one student over a while needs this many readings behind it: one odd frame says nothing.
MIN_READINGS = 3
# Under load snapshots come more slowly; such a figure looks back this far for them.
LOOK_BACK_S = 30
# Russell & Mehrabian (1977), rounded to one digit.
AROUSAL = {"angry": 0.6, "disgust": 0.4, "fear": 0.6, "happy": 0.5, "neutral": 0.0, "sad": -0.3, "surprise": 0.7}
BANDS = ("low", "some", "much")
SHARE_BOUNDS = (0.2, 0.5)
VOLATILITY_BOUNDS = (0.2, 0.4)
# SHARE_BOUNDS times what the lively expressions weigh in AROUSAL on average.
AROUSAL_BOUNDS = (0.1, 0.3)


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


@dataclass(frozen=True)
class Said:
    """One answer of a student about the lesson; `at` in seconds since 1970."""

    student_id: int
    at: float
    answer: str


def valence(probabilities: Mapping[str, float]) -> float:
    """From -1 (only negative expressions) to 1 (only happy); neutral and surprise count as neither."""
    return probabilities["happy"] - negative_share(probabilities)


def arousal(probabilities: Mapping[str, float]) -> float:
    """From -0.3 (only sad) to 0.7 (only surprise): how lively the expressions are, by coarse published weights."""
    return sum(AROUSAL[name] * probabilities[name] for name in EXPRESSIONS)


def negative_share(probabilities: Mapping[str, float]) -> float:
    """The part of a distribution that lies on negative expressions, 0 to 1."""
    return sum(probabilities[name] for name in NEGATIVE)


def class_negative_share(negative_shares: Iterable[float]) -> float | None:
    """Of students with these smoothed negative shares, the part beyond NEGATIVE_BOUND; None of nobody."""
    return share(value > NEGATIVE_BOUND for value in negative_shares)


def presence_ratio(*, present: int, of: int) -> float | None:
    """The part of them that is present, 0 to 1; None of nobody. `of` is those enrolled, or the most present so far."""
    return min(1.0, present / of) if of else None


def gone_ratio(*, present: int, peak: int) -> float | None:
    """Of the most who were here at once so far, the part that is not here now, 0 to 1; None of nobody. Exact at a
    threshold such as 15 %, which 1 - presence_ratio is not."""
    return (peak - present) / peak if peak else None


def share(answers: Iterable[bool]) -> float | None:
    """The part of the answers that is yes; None of none."""
    given = list(answers)
    return sum(given) / len(given) if given else None


def recent(moments: Sequence[float], at: float) -> slice:
    """Of moments in order, those that a figure of `at` rests on: the ones in the window before it or, where snapshots
    come slowly, the last MIN_READINGS. Empty where these are too few, too old, or all from half a window."""
    end = bisect_right(moments, at)
    start = min(bisect_right(moments, at - WINDOW_S), end - MIN_READINGS)
    if start < 0 or moments[end - 1] <= at - WINDOW_S:
        return slice(0)
    return slice(start, end) if at - LOOK_BACK_S < moments[start] <= at - WINDOW_S / 2 else slice(0)


def smoothed(values: Iterable[tuple[float, float]], at: float) -> float | None:
    """The exponentially weighted mean, at the moment `at`, of (moment, value) pairs in order. None with fewer than
    MIN_READINGS. Pairs that reach back further than a window are smoothed in proportion."""
    pairs = list(values)
    if len(pairs) < MIN_READINGS:
        return None
    slowness = max(1.0, (at - pairs[0][0]) / WINDOW_S)
    weights = [math.exp((moment - at) / (SMOOTHING_S * slowness)) for moment, _ in pairs]
    return sum(weight * value for weight, (_, value) in zip(weights, pairs, strict=True)) / sum(weights)


def volatility(valences: Sequence[float]) -> float | None:
    """The standard deviation of the valences of a stretch, 0 to 1; None of fewer than MIN_READINGS."""
    if len(valences) < MIN_READINGS:
        return None
    centre = sum(valences) / len(valences)
    return math.sqrt(sum((value - centre) ** 2 for value in valences) / len(valences))


def volatility_of_means(*, count: int, valence: float, square: float) -> float | None:
    """The volatility of `count` readings, of the mean of their valences and the mean of its squares. The same figure
    without the readings themselves; None of fewer than MIN_READINGS."""
    if count < MIN_READINGS:
        return None
    return math.sqrt(max(square - valence**2, 0.0))  # of equal valences a sum of floats may end below nought


def concentration_index(*, snapshots: int, with_face: int, negative: float | None) -> float | None:
    """The share of snapshots with a face, times the calm part (1 - mean negative share) of what was read in them, 0 to
    1. None without an expression read. A calm face was there; whether a mind was, it cannot tell."""
    if not snapshots or negative is None:
        return None
    return with_face / snapshots * (1 - negative)


def band(value: float, bounds: tuple[float, float] = SHARE_BOUNDS) -> str:
    """One of BANDS: below the first bound, below the second, or from there on."""
    return BANDS[sum(value >= bound for bound in bounds)]


def mean(distributions: Iterable[Mapping[str, float]]) -> Probabilities | None:
    """The mean distribution, or None of none."""
    rows = list(distributions)
    if not rows:
        return None
    return {name: sum(row[name] for row in rows) / len(rows) for name in EXPRESSIONS}


def mood(samples: Iterable[Sample]) -> Mood:
    """The mood of the class over the samples of one window."""
    means = list(student_means(samples).values())
    return Mood(probabilities=mean(means), seen=len(means))


def student_means(samples: Iterable[Sample]) -> dict[int, Probabilities]:
    """Each student's own mean over her certain samples; one without any is left out."""
    by_student: dict[int, list[Probabilities]] = {}
    for sample in samples:
        if sample.probabilities is not None:
            by_student.setdefault(sample.student_id, []).append(sample.probabilities)
    return {student: each for student, rows in by_student.items() if (each := mean(rows)) is not None}


def negative_students(samples: Iterable[Sample]) -> int:
    """How many students' own mean is mostly negative: over half of it falls to the negative expressions."""
    return sum(negative_share(each) > NEGATIVE_BOUND for each in student_means(samples).values())


def merged(stretches: Iterable[tuple[Moment, Moment]]) -> list[tuple[Moment, Moment]]:
    """(start, end) pairs in order, those that overlap made one: no time counts twice."""
    found: list[tuple[Moment, Moment]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def last_closed_window(now: float) -> int:
    """The start of the newest window that is over. It closes a little late, for readings still under way."""
    return window_start(now - CLOSING_DELAY_S) - WINDOW_S


def window_start(at: float) -> int:
    """The start, in seconds since 1970, of the timeline window that holds the moment."""
    return int(at // WINDOW_S) * WINDOW_S


def answers_in_windows(said: Iterable[Said], *, holds_s: float) -> dict[int, Counter[str]]:
    """How many students hold each answer, for every window in which anyone does. An answer holds for `holds_s` seconds
    or until the same student's next; of two in one window the later one counts."""
    following: dict[int, int] = {}
    changes: dict[str, Counter[int]] = defaultdict(Counter)
    for each in sorted(said, key=lambda one: one.at)[::-1]:  # of two at one moment the later row counts
        start, end = window_start(each.at), math.ceil((each.at + holds_s) / WINDOW_S) * WINDOW_S
        end = min(end, following.get(each.student_id, end))
        following[each.student_id] = start
        changes[each.answer][start] += 1
        changes[each.answer][end] -= 1
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for answer, of_answer in changes.items():
        edges = sorted(of_answer)
        for (start, end), held in zip(pairwise(edges), accumulate(of_answer[at] for at in edges), strict=False):
            for window in range(start, end if held else start, WINDOW_S):
                counts[window][answer] = held
    return counts
