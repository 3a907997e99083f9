"""Detects lost events. The channel layer may lose messages, so the events of a session are numbered."""

# Workers publish concurrently, so numbers may arrive out of order. A gap counts once it has been open for this long.
GAP_S = 1.5


class GapDetector:
    """Follows the numbers of one session's events. Times are in seconds on any monotonic clock."""

    def __init__(self, latest: int) -> None:
        self.contiguous = latest
        self.ahead: dict[int, float] = {}
        # The number that the session's last event had when it was looked up, and when that was.
        self.expected = (latest, 0.0)

    def record(self, number: int, at: float) -> None:
        if number > self.contiguous:
            self.ahead[number] = at
        while self.contiguous + 1 in self.ahead:
            self.contiguous += 1
            del self.ahead[self.contiguous]

    def expect(self, latest: int, at: float) -> None:
        """Note the number of the session's last event. Without this, its loss shows only once another event comes."""
        if self.expected[0] <= self.contiguous:
            self.expected = (latest, at)

    def has_gap(self, now: float) -> bool:
        number, looked_up_at = self.expected
        is_late = number > self.contiguous and now - looked_up_at > GAP_S
        return is_late or any(now - at > GAP_S for at in self.ahead.values())
