import asyncio


class Throttle:
    """Lets something happen at most once in a period, on the event loop's clock. It starts open."""

    def __init__(self, period_s: float) -> None:
        self.period_s = period_s
        self.closed_until = 0.0

    def is_open(self) -> bool:
        return asyncio.get_running_loop().time() >= self.closed_until

    def close(self) -> None:
        """Close the throttle for one period from now, even if it is closed already."""
        self.closed_until = asyncio.get_running_loop().time() + self.period_s

    def acquire(self) -> bool:
        """Return whether the throttle is open; if it is, close it for one period."""
        now = asyncio.get_running_loop().time()
        if now < self.closed_until:
            return False
        self.closed_until = now + self.period_s
        return True
