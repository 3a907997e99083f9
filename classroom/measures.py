"""Every figure derived from readings is computed here and nowhere else; docs/measures.md says what each is worth.

An expression is not an emotion: these figures only describe what the network reads in faces.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import TypeVar

from emotions.labels import EXPRESSIONS

Probabilities = dict[str, float]
# How many students (or windows of one student) show each of SHOWN.
Counts = dict[str, int]
Time = TypeVar("Time", int, float, datetime)

NEGATIVE = ("angry", "disgust", "fear", "sad")
# In a window, a student counts as the expression that their tile shows, or as one of these two.
UNCERTAIN = "uncertain"
UNREAD = "unread"
SHOWN = (*EXPRESSIONS, UNCERTAIN, UNREAD)
# The class's mood "now" is that of the last ten seconds, and its timeline has a point for every ten seconds.
WINDOW_S = 10
CLOSING_DELAY_S = 2
TREND_LENGTH = 40
# The time constant of smoothing: a reading this old has a third (1/e) of a fresh one's weight.
SMOOTHING_S = 5
# One student's figure over time needs this many readings: one odd frame says nothing.
MIN_READINGS = 3
# Snapshots come more slowly under load, so such a figure looks back this far for them.
LOOK_BACK_S = 30
# Russell & Mehrabian (1977), rounded to one digit.
AROUSAL = {"angry": 0.6, "disgust": 0.4, "fear": 0.6, "happy": 0.5, "neutral": 0.0, "sad": -0.3, "surprise": 0.7}
BANDS = ("low", "some", "much")
SHARE_BOUNDS = (0.2, 0.5)
VOLATILITY_BOUNDS = (0.2, 0.4)
# SHARE_BOUNDS times the mean weight of the lively expressions in AROUSAL.
AROUSAL_BOUNDS = (0.1, 0.3)
# Tolerance at the start and end, so that a slow computer makes nobody late.
PUNCTUAL_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Sample:
    """One reading in the form of the measures. `probabilities` is None without a face or with an uncertain expression,
    and then `uncertain` says why: the student was looked at, but not seen."""

    student_id: int
    at: float
    probabilities: Probabilities | None
    uncertain: str = ""


@dataclass(frozen=True)
class GivenAnswer:
    """One student's answer about the lesson; `at` in seconds since 1970."""

    student_id: int
    at: float
    answer: str


def valence(probabilities: Mapping[str, float]) -> float:
    """Return the pleasantness, from -1 (only negative expressions) to 1 (only happy); neutral and surprise are 0."""
    return probabilities["happy"] - negative_share(probabilities)


def arousal(probabilities: Mapping[str, float]) -> float:
    """Return the liveliness, from -0.3 (only sad) to 0.7 (only surprise), by coarse published weights."""
    return sum(AROUSAL[name] * probabilities[name] for name in EXPRESSIONS)


def negative_share(probabilities: Mapping[str, float]) -> float:
    """Return the part of a distribution on negative expressions, 0 to 1."""
    return sum(probabilities[name] for name in NEGATIVE)


def shown(mean: Mapping[str, float] | None, *, has_face: bool) -> str:
    """Return what a student's tile shows for one window, and so what the student counts as: the strongest expression in
    the mean of their certain readings. Without any, UNCERTAIN if a reading had a face, else UNREAD."""
    if mean is None:
        return UNCERTAIN if has_face else UNREAD
    # Databases sum in a different order. Round, so that this cannot break a tie.
    return max(EXPRESSIONS, key=lambda name: round(mean[name], 9))


def shown_by(samples: Sequence[Sample]) -> str:
    """Return what one student's tile shows for the window of these samples."""
    certain = [sample.probabilities for sample in samples if sample.probabilities is not None]
    return shown(mean(certain), has_face=any(sample.uncertain for sample in samples))


def count_shown(shown_by_students: Iterable[str], *, present: int) -> Counts:
    """Return how many of the `present` students show each of SHOWN. Those without readings are UNREAD."""
    found = Counter(shown_by_students)
    found[UNREAD] = max(0, present - sum(count for name, count in found.items() if name != UNREAD))
    return {name: found[name] for name in SHOWN}


def seen_count(counts: Mapping[str, int]) -> int:
    """Return how many show an expression."""
    return sum(counts[name] for name in EXPRESSIONS)


def negative_count(counts: Mapping[str, int]) -> int:
    """Return how many show a negative expression."""
    return sum(counts[name] for name in NEGATIVE)


def negative_of_seen(counts: Mapping[str, int]) -> float | None:
    """Return the share of negative expressions among those shown, or None if nobody shows any."""
    seen = seen_count(counts)
    return negative_count(counts) / seen if seen else None


def mix(counts: Mapping[str, int]) -> dict[str, float] | None:
    """Return the share of each of SHOWN, or None for nobody."""
    total = sum(counts.values())
    return {name: counts[name] / total for name in SHOWN} if total else None


def add_counts(several: Iterable[Mapping[str, int]]) -> Counts:
    """Return the sums, or zeros for none."""
    total: Counter[str] = Counter()
    for counts in several:
        total.update(counts)
    return {name: total[name] for name in SHOWN}


def departed_share(*, present: int, peak: int) -> float | None:
    """Return the share (0 to 1) of the `peak`, the most students present at once so far, that is not present now, or
    None for nobody. Exact at a threshold such as 15 %, which 1 - present / peak is not."""
    return (peak - present) / peak if peak else None


def share(flags: Iterable[bool]) -> float | None:
    """Return the share of flags that are true, or None for none."""
    listed = list(flags)
    return sum(listed) / len(listed) if listed else None


def recent(times: Sequence[float], at: float) -> slice:
    """Return which of the times, in order, a figure at `at` is based on: those in the window before it or, if snapshots
    come slowly, the last MIN_READINGS. Empty if they are too few, too old, or all from half a window."""
    end = bisect_right(times, at)
    start = min(bisect_right(times, at - WINDOW_S), end - MIN_READINGS)
    if start < 0 or times[end - 1] <= at - WINDOW_S:
        return slice(0)
    return slice(start, end) if at - LOOK_BACK_S < times[start] <= at - WINDOW_S / 2 else slice(0)


def smoothed(values: Iterable[tuple[float, Mapping[str, float]]], at: float) -> Probabilities | None:
    """Return the exponentially weighted mean, at the time `at`, of (time, distribution) pairs in order, or None for
    fewer than MIN_READINGS or if all are from the newer half of the window. The time constant grows in proportion if
    the pairs reach back further than a window."""
    pairs = list(values)
    if len(pairs) < MIN_READINGS or pairs[0][0] > at - WINDOW_S / 2:
        return None
    slowness = max(1.0, (at - pairs[0][0]) / WINDOW_S)
    weights = [math.exp((time - at) / (SMOOTHING_S * slowness)) for time, _ in pairs]
    total = sum(weights)
    return {
        name: sum(weight * each[name] for weight, (_, each) in zip(weights, pairs, strict=True)) / total
        for name in EXPRESSIONS
    }


def volatility(valences: Sequence[float]) -> float | None:
    """Return the standard deviation of valences, 0 to 1, or None for fewer than MIN_READINGS."""
    if len(valences) < MIN_READINGS:
        return None
    centre = sum(valences) / len(valences)
    return math.sqrt(sum((value - centre) ** 2 for value in valences) / len(valences))


def volatility_from_means(*, count: int, valence: float, square: float) -> float | None:
    """Return the volatility of `count` readings from the means of their valence and of its square: the same figure
    without the readings themselves. None for fewer than MIN_READINGS."""
    if count < MIN_READINGS:
        return None
    return math.sqrt(max(square - valence**2, 0.0))  # rounding may leave equal valences below zero


def concentration_index(*, snapshots: int, with_face: int, negative: float | None) -> float | None:
    """Return the share of snapshots with a face, times the calm part (1 - mean negative share) of their expressions, 0
    to 1. None if no expression was read. It tells that a calm face was there, not whether a mind was."""
    if not snapshots or negative is None:
        return None
    return with_face / snapshots * (1 - negative)


def band(value: float, bounds: tuple[float, float] = SHARE_BOUNDS) -> str:
    """Return one of BANDS: below the first bound, below the second, or at least that."""
    return BANDS[sum(value >= bound for bound in bounds)]


def mean(distributions: Iterable[Mapping[str, float]]) -> Probabilities | None:
    """Return the mean distribution, or None for none."""
    rows = list(distributions)
    if not rows:
        return None
    return {name: sum(row[name] for row in rows) / len(rows) for name in EXPRESSIONS}


def merge_intervals(intervals: Iterable[tuple[Time, Time]]) -> list[tuple[Time, Time]]:
    """Return the (start, end) pairs in order, overlapping ones merged, so that no time counts twice."""
    merged: list[tuple[Time, Time]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def joined_late(*, joined_at: datetime, started_at: datetime) -> bool:
    """Return whether a student first joined more than PUNCTUAL_WITHIN after the session's start."""
    return joined_at - started_at > PUNCTUAL_WITHIN


def left_early(*, left_at: datetime, ended_at: datetime) -> bool:
    """Return whether a student last left more than PUNCTUAL_WITHIN before the session's end."""
    return ended_at - left_at > PUNCTUAL_WITHIN


def last_closed_window(now: float) -> int:
    """Return the start of the newest window that is over. It closes a little late, for readings on their way."""
    return window_start(now - CLOSING_DELAY_S) - WINDOW_S


def window_start(at: float) -> int:
    """Return the start, in seconds since 1970, of the timeline window that holds the time."""
    return int(at // WINDOW_S) * WINDOW_S


def answers_in_windows(answers: Iterable[GivenAnswer], *, holds_s: float) -> dict[int, Counter[str]]:
    """Return how many students hold each answer, for every window in which anyone does. An answer holds for `holds_s`
    seconds or until the same student's next. If there are two in one window, the later one counts."""
    following: dict[int, int] = {}
    changes: dict[str, Counter[int]] = defaultdict(Counter)
    for each in sorted(answers, key=lambda one: one.at)[::-1]:  # at the same time, the later row counts
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
