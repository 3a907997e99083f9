"""Detects lost events. The channel layer may lose messages, so the events of a session are numbered."""

# Workers publish concurrently, so numbers may arrive out of order. A gap counts once it has been open for this long.
GAP_S = 1.5


class GapDetector:
    """Follows the numbers of one session's events. Times are in seconds on any monotonic clock."""

    def __init__(self, latest: int) -> None:
        self.contiguous = latest
        self.ahead: dict[int, float] = {}

    def record(self, number: int, at: float) -> None:
        if number > self.contiguous:
            self.ahead[number] = at
        while self.contiguous + 1 in self.ahead:
            self.contiguous += 1
            del self.ahead[self.contiguous]

    def has_gap(self, now: float) -> bool:
        return any(now - at > GAP_S for at in self.ahead.values())
