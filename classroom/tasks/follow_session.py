"""The Celery task that follows a running session a few seconds behind: its alerts and its roll-ups.

There is no scheduler: every activity in a session calls `note_activity`, which starts the task once for each step at
which alerts are evaluated, as soon as that step's readings are in.
"""

import logging
import math
import time
from concurrent.futures import ThreadPoolExecutor

from celery import shared_task
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from classroom.alert_rules import STEP_S
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.anonymity.publishing import publish_minutes
from classroom.domain.history.rollups import is_due, roll_up
from classroom.infra import circuit_breaker
from classroom.measures import CLOSING_DELAY_S
from classroom.models import ClassSession

logger = logging.getLogger(__name__)

# A step starts this long after its readings are in: the worker's clock may be behind.
SLACK_S = 0.5
# One worker at a time follows a session, however slow the database is; a killed worker blocks the others this long at
# most.
LOCK_EXPIRES_S = 30
# While the broker or the database is unavailable, log at most one failure in this time.
LOG_EVERY_S = 60
# One thread. Embedded, it runs the task, after the snapshots; distributed, it only talks to the broker.
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="session")
# Sessions that wait for the thread: one entry each, however much happens while the database or the broker is slow.
_noted: set[int] = set()
_logged_at = -math.inf


@shared_task(name="classroom.session_tasks.follow_session", expires=60)
def follow_session(session_id: int) -> None:
    """Bring everything that is derived from the session's readings up to date.

    Idempotent. While one run follows a session, a second one does nothing.
    """
    if not cache.add(f"following:{session_id}", 1, LOCK_EXPIRES_S):
        return
    try:
        session = ClassSession.objects.filter(pk=session_id).first()
        if session is not None:
            publish_minutes(session=session, now=timezone.now())
            evaluate_alerts(session=session, now=timezone.now())
            if is_due(session, timezone.now()):
                roll_up(session=session, now=timezone.now())
    except circuit_breaker.DATABASE_UNAVAILABLE as error:
        # The next step tries again, and catches up with what was missed.
        _log_failure(session_id, error)
    finally:
        cache.delete(f"following:{session_id}")


def note_activity(session_id: int) -> None:
    """Note that something happened in the session, or that time passed. Returns immediately, on threads and on the
    event loop alike."""
    if session_id in _noted:
        return
    _noted.add(session_id)
    try:
        _pool.submit(_follow_soon, session_id)
    except RuntimeError:
        logger.info("Session %s is no longer followed: the process is shutting down.", session_id)


def wait_until_idle() -> None:
    """Wait until everything noted so far is done, for tests that make the database unavailable."""
    _pool.submit(lambda: None).result()


def _follow_soon(session_id: int) -> None:
    _noted.discard(session_id)
    # The last step whose readings are in, counted since 1970.
    step = int((time.time() - CLOSING_DELAY_S - SLACK_S) // STEP_S)
    try:
        if cache.add(f"followed:{session_id}:{step}", 1, 2 * STEP_S):
            follow_session.delay(session_id)
    except Exception as error:
        # Nothing awaits this job. The next step tries again.
        _log_failure(session_id, error)
    finally:
        connections.close_all()


def _log_failure(session_id: int, error: Exception) -> None:
    """Log at most one failure in LOG_EVERY_S: an unavailable broker fails every step."""
    global _logged_at
    if time.monotonic() - _logged_at >= LOG_EVERY_S:
        _logged_at = time.monotonic()
        logger.error("Session %s could not be followed.", session_id, exc_info=error)
