"""How often to ask a student for a snapshot: at the configured rate while the server is idle, less often under load.

Every socket sees the same queue through the waits of its own snapshots and follows the same rule, so a class slows down
together. Below the target wait, the rate grows by the same amount per second for everyone, less and less as the wait
approaches the target. Above it, each result lowers the rate by a share. The faster of two students gives up more, and
more often, so their rates converge.

A student hears of the queue once in an interval, so a class reacts late, and the queue swings. Two things damp it: the
steps are small, and an interval begins when a worker takes the snapshot, so a longer queue lowers the rate at once.
"""

from dataclasses import dataclass

# A snapshot that waits longer than this for a worker shows that the server is busy.
TARGET_WAIT_MS = 100
# The interval grows by 3 % for a result that waited twice the target, by 6 % for three times, and so on. It at most
# doubles, which it does for a lost snapshot.
GROWTH = 0.03
MAX_GROWTH = 2.0
# The calm time from a standstill to the full rate, in shortest intervals.
CALM_STEPS = 80
# Without this bound, a single result after a standstill would shorten the interval too much.
MAX_GAIN = 1.1
JITTER = 0.1
LOSSES = ("stale", "superseded")


@dataclass
class Pace:
    """The interval between one student's credits, in milliseconds. Every `chance` is a random number from 0 to 1.

    If the longest interval is shorter than the shortest, it counts as equal: load must never shorten an interval.
    """

    shortest_ms: float
    longest_ms: float
    interval_ms: float = 0.0
    wait_ms: float = 0.0  # of the last snapshot

    def __post_init__(self) -> None:
        self.longest_ms = max(self.longest_ms, self.shortest_ms)
        self.interval_ms = max(self.interval_ms, self.shortest_ms)

    def first_delay_s(self, chance: float) -> float:
        """The delay before the first credit. It spreads a class that starts together over one interval."""
        return self.shortest_ms / 1000 * chance

    def next_interval_s(self, chance: float) -> float:
        """The time from one credit to the next: the wait and the interval, but at most the longest interval; a little
        shorter or longer each time."""
        usual_ms = min(self.wait_ms + self.interval_ms, self.longest_ms)
        return usual_ms * (1 + JITTER * (2 * chance - 1)) / 1000

    def record_wait(self, queue_ms: float) -> None:
        """Adapt to a snapshot that was analysed after waiting for `queue_ms`."""
        self.wait_ms = queue_ms
        load = queue_ms / TARGET_WAIT_MS
        if load > 1:
            self._grow(1 + GROWTH * (load - 1))
        else:
            gain = min(1 + (1 - load) * (self.interval_ms / self.shortest_ms) ** 2 / CALM_STEPS, MAX_GAIN)
            self.interval_ms = max(self.interval_ms / gain, self.shortest_ms)

    def record_loss(self) -> None:
        """Adapt to a snapshot that came too late for analysis, or whose outcome never arrived."""
        self.wait_ms = 0.0
        self._grow(MAX_GROWTH)

    def _grow(self, factor: float) -> None:
        self.interval_ms = min(self.interval_ms * min(factor, MAX_GROWTH), self.longest_ms)
