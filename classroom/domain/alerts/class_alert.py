"""Decides which alerts about students the class's alert explains. No database.

When a class turns negative, many of its faces do, and each would raise its own alert. An alert about a student that
began with the class's belongs to the same moment; one that began long before it, or lasts longer, is about the student.
"""

from dataclasses import dataclass

# A mood spreads: the first students turn before there are enough of them for the class's alert.
BEGINS_BEFORE_S = 120
# When a class recovers, its students follow within about this time.
OUTLASTS_S = 60


@dataclass
class ClassAlert:
    """The class's last alert of the kind that explains others; `recovered_at` is None while it is open."""

    pending_at: float
    recovered_at: float | None = None

    def explains(self, pending_at: float, at: float) -> bool:
        """Return whether, at the time `at`, it explains an open alert about a student that began at `pending_at`."""
        if pending_at < self.pending_at - BEGINS_BEFORE_S:
            return False
        return self.recovered_at is None or (pending_at < self.recovered_at and at < self.recovered_at + OUTLASTS_S)
