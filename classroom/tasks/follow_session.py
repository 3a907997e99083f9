"""What follows a running session a few seconds behind: its alerts and its roll-ups.

No scheduler: whatever happens in a session calls `note_activity`, which starts the task once for each of the moments
that alerts are evaluated for, as soon as that moment's readings are in.
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
from classroom.domain.history.rollups import is_due, roll_up
from classroom.infra import circuit_breaker
from classroom.measures import CLOSING_DELAY_S
from classroom.models import ClassSession

logger = logging.getLogger(__name__)

# A step is begun so long after its readings are in: the task may run where the clock is behind.
SLACK_S = 0.5
# One worker at a time follows a session, however slow the database is; one that was killed holds nobody up for longer.
FOLLOWED_AT_MOST_S = 30
# While the broker or the database is away, one failure in this time is logged.
TELL_EVERY_S = 60
# One thread: embedded, the task runs on it, behind the snapshots; else it only talks to the broker.
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="session")
# Sessions that wait for the thread: one entry each, however much happens while the database or the broker is slow.
_noted: set[int] = set()
_told_at = -math.inf


@shared_task(name="classroom.session_tasks.follow_session", expires=60)
def follow_session(session_id: int) -> None:
    """Bring everything that is derived from the session's readings up to date. Running it twice does nothing twice,
    and while it runs for a session a second run does nothing at all."""
    if not cache.add(f"following:{session_id}", 1, FOLLOWED_AT_MOST_S):
        return
    try:
        session = ClassSession.objects.filter(pk=session_id).first()
        if session is not None:
            evaluate_alerts(session=session, now=timezone.now())
            if is_due(session, timezone.now()):
                roll_up(session=session, now=timezone.now())
    except circuit_breaker.DATABASE_UNAVAILABLE as error:
        # The next step tries again, and what was missed is caught up with.
        _tell(session_id, error)
    finally:
        cache.delete(f"following:{session_id}")


def note_activity(session_id: int) -> None:
    """Something happened in the session, or time went by. Returns at once, in a thread and on the event loop alike."""
    if session_id in _noted:
        return
    _noted.add(session_id)
    try:
        _pool.submit(_follow_soon, session_id)
    except RuntimeError:
        logger.info("Session %s is not followed any more: the process ends.", session_id)


def wait_until_idle() -> None:
    """Until everything noted so far is done: for whoever takes the database away, as tests do."""
    _pool.submit(lambda: None).result()


def _follow_soon(session_id: int) -> None:
    _noted.discard(session_id)
    try:
        if cache.add(f"followed:{session_id}:{_step()}", 1, 2 * STEP_S):
            follow_session.delay(session_id)
    except Exception as error:
        # Nobody waits for this. The next step tries again.
        _tell(session_id, error)
    finally:
        connections.close_all()


def _step() -> int:
    """The last moment whose readings are in, in steps since 1970."""
    return int((time.time() - CLOSING_DELAY_S - SLACK_S) // STEP_S)


def _tell(session_id: int, error: Exception) -> None:
    global _told_at
    if time.monotonic() - _told_at >= TELL_EVERY_S:
        _told_at = time.monotonic()
        logger.error("Session %s could not be followed.", session_id, exc_info=error)
