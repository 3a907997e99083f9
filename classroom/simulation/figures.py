import time
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Figures:
    """What happened in a simulated class. Latency runs from sending a snapshot to the teacher's socket getting the
    reading made of it, both on this machine's clock."""

    sent: int = 0
    analysed: int = 0
    dropped: int = 0
    faces_found: int = 0
    reconnects: int = 0
    errors: list[str] = field(default_factory=list)
    under_way: dict[tuple[int, int], float] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)

    def snapshot_sent(self, student_id: int, seq: int) -> None:
        self.sent += 1
        self.under_way[student_id, seq] = time.perf_counter()

    def teacher_saw(self, student_id: int, seq: int | None) -> None:
        sent_at = self.under_way.pop((student_id, seq or 0), None)
        if sent_at is not None:
            self.latencies_ms.append((time.perf_counter() - sent_at) * 1000)

    def result(self, student_id: int, message: dict) -> None:
        """A student was told of one of her snapshots."""
        self.analysed += 1
        self.faces_found += message["faces"] > 0

    def connection_lost(self) -> None:
        """Somebody who comes back has lost her connection."""
        self.reconnects += 1

    def as_dict(self) -> dict:
        return {
            "sent": self.sent,
            "analysed": self.analysed,
            "dropped": self.dropped,
            "faces_found": self.faces_found,
            "errors": len(self.errors),
            "latency_ms": {f"p{share}": self._percentile(share) for share in (50, 95, 99)},
        }

    def _percentile(self, share: int) -> float | None:
        return round(float(np.percentile(self.latencies_ms, share)), 1) if self.latencies_ms else None
