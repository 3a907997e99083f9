import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SHARES = (50, 95, 99)


@dataclass
class Ledger:
    """What became of the snapshots that were sent in one step of load. Times in milliseconds from sending.

    An answer counts in the step in which its snapshot was sent, however late it comes.
    """

    sent: int = 0
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
        """The step's figures; what was sent in `seconds` is divided by them."""
        return {
            "seconds": round(seconds, 2),
            "sent": self.sent,
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
            # Changes are gathered between two updates: a student's newest reading stands for those before.
            "not_shown": max(0, self.analysed - len(self.to_teacher_ms)),
            "oldest_shown_ms": round(max(self.to_teacher_ms, default=0.0), 1),
            "oldest_on_screen_ms": round(self.oldest_on_screen_ms, 1),
            "interval_ms": _spread(self.intervals_ms),
            "disconnects": self.disconnects.total(),
            "disconnect_codes": dict(self.disconnects),
            "resyncs": self.resyncs,
            "generator_lag_ms": percentiles(self.lags_ms),
        }


@dataclass(frozen=True)
class Snapshot:
    """A snapshot under way: the step it belongs to, and when it was sent, seconds of `time.perf_counter`."""

    ledger: Ledger
    sent_at: float


def percentiles(values: Sequence[float]) -> dict[str, float | None]:
    """p50, p95 and p99 by nearest rank; None for each where there is no value."""
    ordered = sorted(values)
    return {f"p{share}": round(_ranked(ordered, share), 1) if ordered else None for share in SHARES}


def _ranked(ordered: Sequence[float], share: int) -> float:
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"min": None, "p50": None, "max": None}
    return {"min": min(values), "p50": _ranked(sorted(values), 50), "max": max(values)}
