"""The live processes and their metrics.

Distributed, each process reports to Redis every few seconds and expires after EXPIRES_S without a report. Embedded,
this process is the only one.

The metrics name a process by its kind and the lowest number that was free when it started. A monitoring system stores a
series for each name forever, so names with process ids would grow with every restart.
"""

import json
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from django.conf import settings

from classroom.infra import metrics
from classroom.infra.redis import redis_client

EXPIRES_S = 15
REPORTS = "attune:processes"
NUMBER = "attune:process-number:"

_number = 1


@dataclass(frozen=True)
class Process:
    """A live process, the time since its last report, and its snapshots of the last minutes by outcome."""

    kind: str
    name: str
    seen_s_ago: float
    recent: dict[str, int]


def report(*, kind: str, now: datetime) -> None:
    """Report that this process is alive; `kind` is `web` or `worker`."""
    process = f"{socket.gethostname()}:{os.getpid()}"
    name = f"{kind}:{_claim_number(kind, process)}"
    content = {
        "kind": kind,
        "name": name,
        "at": now.timestamp(),
        "figures": metrics.families(),
        "recent": metrics.recent.counts(at_s=now.timestamp()),
    }
    redis_client().hset(REPORTS, process, json.dumps(content))


def _claim_number(kind: str, process: str) -> int:
    """Return this process's number, or else the lowest that no live process of its kind has."""
    global _number
    numbers = chain([_number], count(1))
    _number = next(number for number in numbers if _is_ours(f"{NUMBER}{kind}:{number}", process))
    return _number


def _is_ours(key: str, process: str) -> bool:
    client = redis_client()
    if client.set(key, process, nx=True, ex=EXPIRES_S):
        return True
    return client.get(key) == process.encode() and bool(client.expire(key, EXPIRES_S))


def count_live_workers(*, now: datetime) -> int:
    return sum(each["kind"] == "worker" for each in _live_reports(now).values())


def live_processes(*, now: datetime) -> list[Process]:
    """Return the processes that have reported lately, by name; embedded, this one."""
    if settings.EMBEDDED:
        return [Process("embedded", "embedded", 0.0, metrics.recent.counts(at_s=now.timestamp()))]
    live = [
        # Reports of processes from before an upgrade have no recent figures.
        Process(each["kind"], each.get("name", process), max(0.0, now.timestamp() - each["at"]), each.get("recent", {}))
        for process, each in _live_reports(now).items()
    ]
    return sorted(live, key=lambda process: process.name)


def all_metrics(*, now: datetime) -> bytes:
    """Return the metrics of every process, this one's up to date, in Prometheus's text format."""
    if settings.EMBEDDED:
        return metrics.exposition({"embedded": metrics.families()})
    report(kind="web", now=now)
    reports = _live_reports(now).items()
    # Reports of processes from before an upgrade have no name.
    return metrics.exposition({each.get("name", process): each["figures"] for process, each in reports})


def _live_reports(now: datetime) -> dict[str, dict]:
    """Return the last report of each live process; delete those that have expired."""
    stored: dict[bytes, bytes] = redis_client().hgetall(REPORTS)  # type: ignore[assignment]
    reports = {process.decode(): json.loads(text) for process, text in stored.items()}
    expired = {process for process, each in reports.items() if now.timestamp() - each["at"] > EXPIRES_S}
    if expired:
        redis_client().hdel(REPORTS, *expired)
    return {process: each for process, each in reports.items() if process not in expired}
