import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ledger:
    """Counts and latencies of the snapshots sent in one step of load. Times in milliseconds from sending.

    An answer counts in the step in which its snapshot was sent, however late it arrives.
    """

    sent: int = 0
    sent_bytes: int = 0
    analysed: int = 0
    with_face: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    disconnects: Counter[str] = field(default_factory=Counter)
    resyncs: int = 0
    intervals_ms: list[float] = field(default_factory=list)
    to_teacher_ms: list[float] = field(default_factory=list)
    to_student_ms: list[float] = field(default_factory=list)
    oldest_on_screen_ms: float = 0.0
    lags_ms: list[float] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        return self.sent - self.analysed - self.dropped.total() - self.refused.total()

    @property
    def shed(self) -> int:
        return self.sent - self.analysed

    def as_dict(self, seconds: float) -> dict[str, Any]:
        """The figures of a step that lasted `seconds`."""
        intervals = sorted(self.intervals_ms)
        return {
            "seconds": round(seconds, 2),
            "sent": self.sent,
            "snapshot_bytes": round(self.sent_bytes / self.sent) if self.sent else None,
            "analysed": self.analysed,
            "shed": self.shed,
            "sent_per_s": round(self.sent / seconds, 2),
            "analysed_per_s": round(self.analysed / seconds, 2),
            "shed_per_s": round(self.shed / seconds, 2),
            "shed_ratio": round(self.shed / self.sent, 4) if self.sent else 0.0,
            "dropped": dict(self.dropped),
            "refused": dict(self.refused),
            "unanswered": self.unanswered,
            "with_face": self.with_face,
            "latency_ms": percentiles(self.to_teacher_ms),
            "own_result_ms": percentiles(self.to_student_ms),
            # Updates gather changes, and a student's newest reading replaces earlier ones.
            "not_shown": max(0, self.analysed - len(self.to_teacher_ms)),
            "oldest_shown_ms": round(max(self.to_teacher_ms, default=0.0), 1),
            "oldest_on_screen_ms": round(self.oldest_on_screen_ms, 1),
            "interval_ms": {
                "min": intervals[0] if intervals else None,
                "p50": nearest_rank(intervals, 50) if intervals else None,
                "max": intervals[-1] if intervals else None,
            },
            "disconnects": self.disconnects.total(),
            "disconnect_codes": dict(self.disconnects),
            "resyncs": self.resyncs,
            "generator_lag_ms": percentiles(self.lags_ms),
        }


@dataclass(frozen=True)
class SentSnapshot:
    """A snapshot that was sent: the ledger of its step, and when, in seconds of `time.perf_counter`."""

    ledger: Ledger
    sent_at: float


def percentiles(values: Sequence[float]) -> dict[str, float | None]:
    """p50, p95 and p99 by nearest rank; None for each if there are no values."""
    ordered = sorted(values)
    return {f"p{share}": round(nearest_rank(ordered, share), 1) if ordered else None for share in (50, 95, 99)}


def nearest_rank(ordered: Sequence[float], share: int) -> float:
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]
