"""How often a student is asked for a snapshot: as often as is set while the server is at ease, less often under load.

Every socket sees the same queue through the waits of its own snapshots and follows the same rule, so a class slows
down together. While calm the rate grows by as much a second for everyone; under load each result lowers it by a share:
of two students who differ, the faster one gives up more, and more often, and they meet.
"""

import random
from dataclasses import dataclass

# A snapshot that waits longer than this for a worker says that the server is busy.
TARGET_WAIT_MS = 250
# The interval grows by a fifth for a result that waited twice the target, by two for three times, and so on; it doubles
# at most, and does so for a snapshot that was lost.
GROWTH = 0.2
GROWTH_AT_MOST = 2.0
# Calm time it takes from standing still to the full rate, in shortest intervals.
CALM_STEPS = 80
# From a standstill it would be too much at once.
GAIN_AT_MOST = 1.1
JITTER = 0.1
LOSSES = ("stale", "superseded")


@dataclass
class Pace:
    """The interval between one student's credits, in milliseconds."""

    shortest_ms: float
    longest_ms: float
    interval_ms: float = 0.0

    def __post_init__(self) -> None:
        self.interval_ms = max(self.interval_ms, self.shortest_ms)

    def waited(self, queue_ms: float) -> None:
        """A snapshot was analysed after waiting that long for it."""
        excess = (queue_ms - TARGET_WAIT_MS) / TARGET_WAIT_MS
        if excess > 0:
            self._grow(1 + GROWTH * excess)
        else:
            self._shrink()

    def lost(self) -> None:
        """A snapshot came too late to be analysed, or nothing more was heard of it."""
        self._grow(GROWTH_AT_MOST)

    def first_delay_s(self, chance: float | None = None) -> float:
        """Before the first credit: a class that starts together is spread over one interval."""
        return self.shortest_ms / 1000 * _chance(chance)

    def next_interval_s(self, chance: float | None = None) -> float:
        """Until the next credit: the interval, a little shorter or longer each time."""
        return self.interval_ms / 1000 * (1 + JITTER * (2 * _chance(chance) - 1))

    def _grow(self, factor: float) -> None:
        self.interval_ms = min(self.interval_ms * min(factor, GROWTH_AT_MOST), self.longest_ms)

    def _shrink(self) -> None:
        gain_per_ms = 1 / (self.shortest_ms**2 * CALM_STEPS)
        gain = min(1 + gain_per_ms * self.interval_ms**2, GAIN_AT_MOST)
        self.interval_ms = max(self.interval_ms / gain, self.shortest_ms)


def _chance(given: float | None) -> float:
    return random.random() if given is None else given  # noqa: S311  # spreads load, hides nothing
