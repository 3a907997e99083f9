"""What a monitoring system is told. Each process counts for itself; processes.py brings the figures together."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STAGE_BUCKETS_S = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.5, 1, 2, 3, 5)

disable_created_metrics()
registry = CollectorRegistry()
RECEIVED = Counter("attune_snapshots_received", "Binary messages from students.", registry=registry)
REFUSED = Counter("attune_snapshots_refused", "Messages that were not taken.", ["reason"], registry=registry)
DROPPED = Counter("attune_snapshots_dropped", "Snapshots taken and not analysed.", ["reason"], registry=registry)
ANALYSED = Counter("attune_snapshots_analysed", "Snapshots read by the network.", registry=registry)
GIVEN_UP = Counter("attune_credits_given_up", "Credits without an outcome in time.", registry=registry)
KEPT = Counter("attune_readings_kept", "Readings kept to be saved later.", registry=registry)
WRITTEN_LATE = Counter("attune_readings_written_late", "Kept readings that were saved.", registry=registry)
STAGE = Histogram(
    "attune_stage_seconds",
    "queue: received to analysis begun; analysis; save; teacher: received to sent to a dashboard.",
    ["stage"],
    buckets=STAGE_BUCKETS_S,
    registry=registry,
)
SOCKETS = Gauge("attune_sockets_open", "Open sockets.", ["kind"], registry=registry)

Figures = list[dict[str, Any]]


@contextmanager
def stage(name: str) -> Iterator[None]:
    with STAGE.labels(name).time():
        yield


def figures() -> Figures:
    """This process's metrics as JSON can hold them."""
    return [
        {
            "name": metric.name,
            "text": metric.documentation,
            "type": metric.type,
            "samples": [[sample.name, sample.labels, sample.value] for sample in metric.samples],
        }
        for metric in registry.collect()
    ]


def exposition(of_processes: dict[str, Figures]) -> bytes:
    """The metrics of all processes in Prometheus's text format, each sample labelled with its process."""
    together = CollectorRegistry()
    together.register(_Together(of_processes))
    return generate_latest(together)


class _Together(Collector):
    def __init__(self, of_processes: dict[str, Figures]) -> None:
        self.of_processes = of_processes

    def collect(self) -> Iterable[Metric]:
        metrics: dict[str, Metric] = {}
        for process, of_process in self.of_processes.items():
            for each in of_process:
                metric = metrics.setdefault(each["name"], Metric(each["name"], each["text"], each["type"]))
                for name, labels, value in each["samples"]:
                    metric.add_sample(name, {**labels, "process": process}, value)
        return metrics.values()
