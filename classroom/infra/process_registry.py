"""Which processes live, and what they have counted. Distributed, each says so in Redis every few seconds; whoever is
silent for FRESH_S is gone. Embedded there is this one alone."""

import json
import os
import socket
from datetime import datetime

from django.conf import settings

from classroom.infra import metrics
from classroom.infra.redis import redis_client

FRESH_S = 15
REPORTS = "attune:processes"


def report(*, kind: str, now: datetime) -> None:
    """Say that this process lives; `kind` is `web` or `worker`."""
    said = {"kind": kind, "at": now.timestamp(), "figures": metrics.figures()}
    redis_client().hset(REPORTS, _name(), json.dumps(said))


def living_workers(*, now: datetime) -> int:
    return sum(said["kind"] == "worker" for said in _reports(now).values())


def all_metrics(*, now: datetime) -> bytes:
    """The metrics of every process, this one's as they are at this moment, in Prometheus's text format."""
    if settings.EMBEDDED:
        return metrics.exposition({"embedded": metrics.figures()})
    report(kind="web", now=now)
    return metrics.exposition({f"{said['kind']}:{name}": said["figures"] for name, said in _reports(now).items()})


def _reports(now: datetime) -> dict[str, dict]:
    """What living processes said last; those long silent are struck out."""
    found: dict[bytes, bytes] = redis_client().hgetall(REPORTS)  # type: ignore[assignment]
    said = {name.decode(): json.loads(text) for name, text in found.items()}
    silent = [name for name, each in said.items() if now.timestamp() - each["at"] > FRESH_S]
    if silent:
        redis_client().hdel(REPORTS, *silent)
    return {name: each for name, each in said.items() if name not in silent}


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
