"""Health at a glance, for administrators, from the readiness checks, the registry of processes and the metrics.

Nothing is estimated. Values that are unavailable now, or not yet known since the last restart, show as unknown.
"""

import platform
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import django
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from accounts.requests import SignedInRequest
from classroom.domain.permissions import may_run_server
from classroom.infra import last_runs, metrics, process_registry, snapshot_queue
from classroom.infra.pending_store import pending_store
from classroom.infra.process_registry import Process
from classroom.infra.redis import waiting_tasks
from classroom.infra.version import product_version
from classroom.views.administration.access import administrators_only
from classroom.views.health import readiness
from emotions import serving

T = TypeVar("T")
PARTS = {
    "database": gettext_lazy("Database"),
    "recogniser": gettext_lazy("Recognition"),
    "redis": gettext_lazy("Redis"),
    "workers": gettext_lazy("Workers"),
}
# Less free space than this is worth a warning: a school's readings take a few gigabytes a year.
MIN_FREE_SHARE, MIN_FREE_BYTES = 0.1, 2 * 1024**3


@dataclass(frozen=True)
class Part:
    """A part of the product that must work. `problem` is empty if it does; `is_untried` is the network before an
    embedded server's first class."""

    label: Promise | str
    problem: str
    is_untried: bool = False


@dataclass(frozen=True)
class Outcomes:
    """The snapshots of the last minutes in the processes that report now: read, or dropped by reason."""

    read: int
    dropped: int
    reasons: list[tuple[str, int]]


@dataclass(frozen=True)
class Disk:
    free: int
    total: int

    @property
    def is_short(self) -> bool:
        return self.free < MIN_FREE_BYTES or self.free < MIN_FREE_SHARE * self.total


@require_GET
@never_cache
@administrators_only
def health(request: SignedInRequest) -> HttpResponse:
    if not may_run_server(request.user):
        raise Http404
    now = timezone.now()
    processes = _known(lambda: process_registry.live_processes(now=now))
    is_untried, disk = serving.state() == "not loaded", shutil.disk_usage(_data_folder())
    context = {
        "now": now,
        "parts": [
            Part(PARTS[name], "" if found == "ok" else found, name == "recogniser" and is_untried)
            for name, found in readiness().items()
        ],
        "embedded": settings.EMBEDDED,
        "database": connection.vendor,
        "processes": processes,
        "outcomes": None if processes is None else _outcomes(processes),
        "minutes": metrics.RECENT_MINUTES,
        "snapshots_waiting": _known(snapshot_queue.length),
        "tasks_waiting": None if settings.EMBEDDED else _known(waiting_tasks),
        "pending": _known(lambda: pending_store().size()),
        "retention_days": settings.RETENTION_DAYS,
        "retention_ran_at": _known(lambda: last_runs.last_run(last_runs.RETENTION)),
        "disk": Disk(disk.free, disk.total),
        "mail_is_sent": settings.MAIL_IS_SENT,
        "version": product_version(),
        "python": platform.python_version(),
        "django": django.get_version(),
    }
    return render(request, "administration/health.html", context)


def _data_folder() -> Path:
    """SQLite's file may be on another disk than the product, such as a container's volume."""
    return Path(connection.settings_dict["NAME"]).parent if connection.vendor == "sqlite" else settings.VAR_DIR


def _known(ask: Callable[[], T]) -> T | None:
    """Return the answer, or None while Redis is unavailable."""
    try:
        return ask()
    except (RedisError, OSError):
        return None


def _outcomes(processes: list[Process]) -> Outcomes:
    counts = sum((Counter(each.recent) for each in processes), Counter())
    read = counts.pop(metrics.READ, 0)
    return Outcomes(read, counts.total(), counts.most_common())
