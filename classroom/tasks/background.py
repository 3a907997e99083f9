"""What a process does beside its work, every few seconds, on a thread of its own: say that it lives and what it has
counted, and write readings that waited for the database."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from classroom.domain.readings.pending import write_kept_readings
from classroom.infra import process_registry
from classroom.infra.pending_store import shelf

logger = logging.getLogger(__name__)

EVERY_S = 2.0

Job = Callable[[datetime], object]

_starting = threading.Lock()
_thread: threading.Thread | None = None


def start_in_worker() -> None:
    _start([_report("worker"), _write], goes_on=lambda: True)


def start_in_web_process() -> None:
    _start([_report("web")], goes_on=lambda: True)


def start_until_written() -> None:
    """Embedded: until no reading waits any more."""
    _start([_write], goes_on=lambda: shelf().size() > 0)


def _start(jobs: list[Job], goes_on: Callable[[], bool]) -> None:
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, args=(jobs, goes_on), name="upkeep", daemon=True)
            _thread.start()


def _run(jobs: list[Job], goes_on: Callable[[], bool]) -> None:
    while True:
        for job in jobs:
            try:
                job(timezone.now())
            except Exception as error:
                # Redis or the database is away; in a moment it is tried again.
                logger.warning("Upkeep failed: %s", error)
        connection.close()
        with _starting:
            if not goes_on():
                return _finish()
        time.sleep(EVERY_S)


def _finish() -> None:
    global _thread
    _thread = None


def _report(kind: str) -> Job:
    return lambda now: process_registry.report(kind=kind, now=now)


def _write(now: datetime) -> None:
    write_kept_readings(now=now)
