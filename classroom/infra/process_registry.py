"""The processes that are alive, and their metrics.

Distributed, each process reports to Redis every few seconds and expires after EXPIRES_S without a report. Embedded,
this process is the only one.
"""

import json
import os
import socket
from datetime import datetime

from django.conf import settings

from classroom.infra import metrics
from classroom.infra.redis import redis_client

EXPIRES_S = 15
REPORTS = "attune:processes"


def report(*, kind: str, now: datetime) -> None:
    """Report that this process is alive; `kind` is `web` or `worker`."""
    heartbeat = {"kind": kind, "at": now.timestamp(), "figures": metrics.families()}
    redis_client().hset(REPORTS, f"{socket.gethostname()}:{os.getpid()}", json.dumps(heartbeat))


def count_live_workers(*, now: datetime) -> int:
    return sum(heartbeat["kind"] == "worker" for heartbeat in _live_processes(now).values())


def all_metrics(*, now: datetime) -> bytes:
    """Return the metrics of every process, this one's up to date, in Prometheus's text format."""
    if settings.EMBEDDED:
        return metrics.exposition({"embedded": metrics.families()})
    report(kind="web", now=now)
    live = _live_processes(now)
    return metrics.exposition({f"{heartbeat['kind']}:{name}": heartbeat["figures"] for name, heartbeat in live.items()})


def _live_processes(now: datetime) -> dict[str, dict]:
    """Return each live process's last report by its name; delete those that have expired."""
    reports: dict[bytes, bytes] = redis_client().hgetall(REPORTS)  # type: ignore[assignment]
    last = {name.decode(): json.loads(text) for name, text in reports.items()}
    expired = {name for name, heartbeat in last.items() if now.timestamp() - heartbeat["at"] > EXPIRES_S}
    if expired:
        redis_client().hdel(REPORTS, *expired)
    return {name: heartbeat for name, heartbeat in last.items() if name not in expired}
