"""Background jobs that a process runs every few seconds on a separate thread: it reports that it is alive, reports its
metrics, numbers events that Redis was unavailable for, and writes pending readings."""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial

from django.db import connection
from django.utils import timezone

from classroom.domain.readings.pending import write_pending_readings
from classroom.infra import events, process_registry
from classroom.infra.pending_store import pending_store

logger = logging.getLogger(__name__)

EVERY_S = 2.0

# Called with `now`.
Job = Callable[..., object]

_lock = threading.Lock()
_thread: threading.Thread | None = None
_stop_requested = threading.Event()


def start_in_worker() -> None:
    report = partial(process_registry.report, kind="worker")
    _start([report, events.number_lost_events, write_pending_readings], goes_on=lambda: True)


def start_in_web_process() -> None:
    _start([partial(process_registry.report, kind="web"), events.number_lost_events], goes_on=lambda: True)


def start_until_written() -> None:
    """Embedded: write pending readings until none is left."""
    _start([write_pending_readings], goes_on=lambda: pending_store().size() > 0)


def stop() -> None:
    """End the thread, and wait for its current job."""
    if thread := _thread:
        _stop_requested.set()
        thread.join()
        _stop_requested.clear()


def _start(jobs: Sequence[Job], goes_on: Callable[[], bool]) -> None:
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, args=(jobs, goes_on), name="background", daemon=True)
            _thread.start()


def _run(jobs: Sequence[Job], goes_on: Callable[[], bool]) -> None:
    global _thread
    while True:
        for job in jobs:
            try:
                job(now=timezone.now())
            except Exception as error:
                # Redis or the database is unavailable; the next round tries again.
                logger.warning("A background job failed: %s", error)
        connection.close()
        with _lock:
            if _stop_requested.is_set() or not goes_on():
                _thread = None
                return
        _stop_requested.wait(EVERY_S)
