"""Handing snapshots to the Celery task without holding up the event loop.

On Redis, enqueueing is a network call; embedded, Celery runs the task at once in the calling thread. Both happen on a
thread pool of their own, so that neither a slow broker nor a slow network blocks the threads Django's ORM uses.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import close_old_connections

from classroom.domain.readings.permission_cache import forget_attendance, renew_attendance
from classroom.infra import snapshot_queue
from classroom.infra.snapshot_queue import Waiting
from classroom.snapshots import Frame, SnapshotRef
from classroom.tasks.analysis import analyse_snapshots
from emotions import serving

logger = logging.getLogger(__name__)

_pool = ThreadPoolExecutor(max_workers=settings.ANALYSIS_THREADS, thread_name_prefix="analysis")


def is_warm() -> bool:
    """Return whether this process has nothing left to load: distributed, each worker loads its own recogniser."""
    return not settings.EMBEDDED or serving.state() != "not loaded"


async def warm() -> None:
    """Load the recogniser, once. A failure is logged here, and each snapshot is then answered with `failed`."""
    if is_warm():
        return
    try:
        await database_sync_to_async(serving.warm, thread_sensitive=False, executor=_pool)()
    except Exception:
        logger.exception("The recogniser could not be loaded.")


class NoThreadInTime(Exception):
    """Every thread was busy until the snapshot was stale. It was not handed over."""


async def submit(*, session_id: int, student_id: int, frame: Frame, received_ms: int, reply_channel: str) -> None:
    """Leave the snapshot in the mailbox and the queue, and call a worker. Raises NoThreadInTime."""
    job = _pool.submit(_alone, _submit, session_id, student_id, frame, received_ms, reply_channel)
    done = asyncio.wrap_future(job)
    try:
        await asyncio.wait([done], timeout=settings.SNAPSHOT_STALE_S)
        # What has begun cannot be cancelled, and tells its outcome itself.
        if job.cancel():
            raise NoThreadInTime
        await done
    finally:
        job.cancel()


async def discard(*, session_id: int, student_id: int) -> None:
    """Empty the student's mailbox, and forget that she may be read."""
    await database_sync_to_async(_discard, thread_sensitive=False, executor=_pool)(session_id, student_id)


async def renew(*, session_id: int, student_id: int) -> None:
    """While the database is away: the student is in class still, with her camera on."""
    renewing = database_sync_to_async(renew_attendance, thread_sensitive=False, executor=_pool)
    await renewing(session_id=session_id, student_id=student_id)


def _alone(job: Callable[..., None], *args: object) -> None:
    """Run with database connections of its own, as Channels does it."""
    close_old_connections()
    try:
        job(*args)
    finally:
        close_old_connections()


def _discard(session_id: int, student_id: int) -> None:
    snapshot_queue.discard(session_id=session_id, student_id=student_id)
    forget_attendance(session_id=session_id, student_id=student_id)


def _submit(session_id: int, student_id: int, frame: Frame, received_ms: int, reply_channel: str) -> None:
    received_at = datetime.fromtimestamp(received_ms / 1000, UTC)
    snapshot = SnapshotRef(
        session_id=session_id,
        student_id=student_id,
        seq=frame.seq,
        captured_at=received_at - timedelta(milliseconds=frame.age_ms),
        received_at=received_at,
    )
    if snapshot_queue.push(Waiting(snapshot, reply_channel), frame.jpeg):
        analyse_snapshots.delay()
