"""The expressions of a session: the share of windows (one student's or everyone's) in which a tile showed each.

If a class's readings were deleted before students were counted, the mean of its probabilities stands in.
"""

from collections.abc import Mapping

from classroom.domain.history.aggregates import ReadingTotals
from classroom.measures import (
    EXPRESSIONS,
    UNCERTAIN,
    UNREAD,
    Counts,
    Probabilities,
    add_counts,
    mix,
    negative_of_seen,
    negative_share,
    seen_count,
)


def counts_while_present(read: ReadingTotals, *, present: int) -> Counts | None:
    """A student's counts over the `present` windows that their stays touch, or None if unknown."""
    if read.counts is None and read.certain:
        return None
    counts = read.counts or add_counts([])
    return {**counts, UNREAD: max(0, present - seen_count(counts) - counts[UNCERTAIN])}


def shares(counts: Counts | None, mean: Probabilities | None) -> dict[str, float] | None:
    """The shares of what the tiles show, or None if no expression was ever read."""
    if counts is None:
        return mean
    return mix(counts) if seen_count(counts) else None


def dominant(counts: Counts | None, mean: Probabilities | None) -> str | None:
    """The expression that is shown most."""
    known: Mapping[str, float] | None = mean if counts is None else counts if seen_count(counts) else None
    return max(EXPRESSIONS, key=known.__getitem__) if known else None


def negative(counts: Counts | None, mean: Probabilities | None) -> float | None:
    """The share of the expressions shown that are negative."""
    if counts is None:
        return negative_share(mean) if mean else None
    return negative_of_seen(counts)
