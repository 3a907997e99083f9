"""The metrics of this process. process_registry.py merges them with those of the other processes."""

import threading
import time
from collections import Counter as Counts
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

# Outcomes are counted by the minute for this long, for the page that shows administrators the last minutes.
RECENT_MINUTES = 5
READ = "read"

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STAGE_BUCKETS_S = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.5, 1, 2, 3, 5)

disable_created_metrics()
registry = CollectorRegistry()
RECEIVED = Counter("attune_snapshots_received", "Binary messages from students.", registry=registry)
REFUSED = Counter("attune_snapshots_refused", "Messages that were rejected.", ["reason"], registry=registry)
DROPPED = Counter("attune_snapshots_dropped", "Snapshots accepted and not analysed.", ["reason"], registry=registry)
ANALYSED = Counter("attune_snapshots_analysed", "Snapshots read by the network.", registry=registry)
GIVEN_UP = Counter("attune_credits_given_up", "Credits without an outcome in time.", registry=registry)
COSTLY = Counter("attune_snapshots_costly", "Snapshots that took ten times the usual CPU time.", registry=registry)
EXCLUDED = Counter("attune_students_excluded", "Students who get no more credits in a class.", registry=registry)
BUFFERED = Counter("attune_readings_kept", "Readings buffered to be saved later.", registry=registry)
WRITTEN_LATE = Counter("attune_readings_written_late", "Buffered readings that were saved.", registry=registry)
STAGE = Histogram(
    "attune_stage_seconds",
    "queue: received to analysis begun; analysis; save; teacher: received to sent to a dashboard.",
    ["stage"],
    buckets=STAGE_BUCKETS_S,
    registry=registry,
)
SOCKETS = Gauge("attune_sockets_open", "Open sockets.", ["kind"], registry=registry)

# Metric families in Prometheus's sense: a name with all of its samples, as JSON can hold them.
Families = list[dict[str, Any]]


class RecentOutcomes:
    """How many snapshots were read in the last minutes, and how many dropped, by reason."""

    def __init__(self) -> None:
        self._by_minute: dict[int, Counts[str]] = {}
        self._lock = threading.Lock()

    def add(self, outcome: str, *, at_s: float) -> None:
        minute = int(at_s // 60)
        with self._lock:
            for old in [each for each in self._by_minute if each <= minute - RECENT_MINUTES]:
                del self._by_minute[old]
            self._by_minute.setdefault(minute, Counts())[outcome] += 1

    def counts(self, *, at_s: float) -> dict[str, int]:
        first = int(at_s // 60) - RECENT_MINUTES + 1
        with self._lock:
            return dict(sum((counts for minute, counts in self._by_minute.items() if minute >= first), Counts()))

    def clear(self) -> None:
        self._by_minute.clear()


recent = RecentOutcomes()


def record_read() -> None:
    recent.add(READ, at_s=time.time())


def record_dropped(reason: str) -> None:
    DROPPED.labels(reason).inc()
    recent.add(reason, at_s=time.time())


@contextmanager
def stage(name: str) -> Iterator[None]:
    with STAGE.labels(name).time():
        yield


def families() -> Families:
    """Return this process's metrics."""
    return [
        {
            "name": metric.name,
            "text": metric.documentation,
            "type": metric.type,
            "samples": [[sample.name, sample.labels, sample.value] for sample in metric.samples],
        }
        for metric in registry.collect()
    ]


def exposition(families_by_process: dict[str, Families]) -> bytes:
    """Return the metrics of all processes in Prometheus's text format, each sample labelled with its process."""
    merged = CollectorRegistry()
    merged.register(_MergedCollector(families_by_process))
    return generate_latest(merged)


class _MergedCollector(Collector):
    def __init__(self, families_by_process: dict[str, Families]) -> None:
        self.families_by_process = families_by_process

    def collect(self) -> Iterable[Metric]:
        metrics: dict[str, Metric] = {}
        for process, its_families in self.families_by_process.items():
            for family in its_families:
                metric = metrics.setdefault(family["name"], Metric(family["name"], family["text"], family["type"]))
                for name, labels, value in family["samples"]:
                    metric.add_sample(name, {**labels, "process": process}, value)
        return metrics.values()
