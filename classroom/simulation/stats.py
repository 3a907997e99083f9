import time
from dataclasses import dataclass, field

import numpy as np


@dataclass
class ClassStats:
    """Counts and latencies of a simulated class. Latency runs from sending a snapshot to the arrival of its reading at
    the teacher's socket, both on this machine's clock."""

    sent: int = 0
    analysed: int = 0
    dropped: int = 0
    faces_found: int = 0
    reconnects: int = 0
    errors: list[str] = field(default_factory=list)
    pending: dict[tuple[int, int], float] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)

    def record_sent(self, student_id: int, seq: int) -> None:
        self.sent += 1
        self.pending[student_id, seq] = time.perf_counter()

    def record_result(self, student_id: int, message: dict) -> None:
        """Count a snapshot's result, received by its student."""
        self.analysed += 1
        self.faces_found += message["faces"] > 0

    def record_dropped(self, student_id: int, reason: str) -> None:
        self.dropped += 1

    def record_shown(self, student_id: int, seq: int | None) -> None:
        """Measure the latency of a reading that reached the teacher."""
        sent_at = self.pending.pop((student_id, seq or 0), None)
        if sent_at is not None:
            self.latencies_ms.append((time.perf_counter() - sent_at) * 1000)

    def record_lost_connection(self) -> None:
        self.reconnects += 1

    def as_dict(self) -> dict:
        latency_ms: dict[str, float | None] = dict.fromkeys(("p50", "p95", "p99"))
        if self.latencies_ms:
            shares = np.percentile(self.latencies_ms, (50, 95, 99))
            latency_ms = {name: round(float(value), 1) for name, value in zip(latency_ms, shares, strict=True)}
        return {
            "sent": self.sent,
            "analysed": self.analysed,
            "dropped": self.dropped,
            "faces_found": self.faces_found,
            "reconnects": self.reconnects,
            "errors": len(self.errors),
            "latency_ms": latency_ms,
        }

    def summary(self) -> str:
        row = self.as_dict()
        latency = row["latency_ms"]
        counts = (
            f"{row['sent']} snapshots sent, {row['analysed']} analysed, {row['dropped']} dropped, "
            f"{row['faces_found']} with a face, {row['errors']} errors.\n"
        )
        if not self.latencies_ms:  # a class without cameras, or an anonymous one
            return counts + "No reading was shown to the teacher."
        return counts + (
            f"From sending to the teacher: median {latency['p50']} ms, 95 % within {latency['p95']} ms, "
            f"99 % within {latency['p99']} ms."
        )
