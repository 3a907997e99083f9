"""Handing snapshots to the Celery task without blocking the event loop.

Distributed, a push is a network call; embedded, Celery runs the task inline in the calling thread. Both happen on a
separate thread pool, so that neither a slow broker nor a slow network blocks the threads of Django's ORM.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import close_old_connections

from classroom.domain.readings.permission_cache import forget_permission
from classroom.infra import analysis_costs, snapshot_queue
from classroom.snapshots import Frame, SnapshotRef
from classroom.tasks.analysis import analyse_snapshots
from emotions import serving

logger = logging.getLogger(__name__)

_pool = ThreadPoolExecutor(max_workers=settings.ANALYSIS_THREADS, thread_name_prefix="analysis")
_on_pool = partial(database_sync_to_async, thread_sensitive=False, executor=_pool)


def is_warm() -> bool:
    """Return whether this process has nothing left to load: distributed, each worker loads its own recogniser."""
    return not settings.EMBEDDED or serving.state() != "not loaded"


async def warm() -> None:
    """Load the recogniser, once. A failure is logged here, and each snapshot is then answered with `failed`."""
    if is_warm():
        return
    try:
        await _on_pool(serving.warm)()
    except Exception:
        logger.exception("The recogniser could not be loaded.")


class NoThreadInTime(Exception):
    """Every thread stayed busy until the snapshot was stale, so it was not queued."""


async def submit(*, session_id: int, student_id: int, frame: Frame, received_ms: int, reply_channel: str) -> None:
    """Queue the snapshot, and wake up a worker. Raises NoThreadInTime."""
    received_at = datetime.fromtimestamp(received_ms / 1000, UTC)
    captured_at = received_at - timedelta(milliseconds=frame.age_ms)
    ref = SnapshotRef(session_id, student_id, frame.seq, captured_at, received_at)
    job = _pool.submit(_push, ref, reply_channel, frame.content)
    done = asyncio.wrap_future(job)
    try:
        await asyncio.wait([done], timeout=settings.SNAPSHOT_STALE_S)
        # A job that has begun cannot be cancelled, and answers the socket itself.
        if job.cancel():
            raise NoThreadInTime
        await done
    finally:
        job.cancel()


def _push(ref: SnapshotRef, channel: str, content: bytes) -> None:
    close_old_connections()  # before and after, as database_sync_to_async does
    try:
        if snapshot_queue.push(ref, channel=channel, content=content):
            analyse_snapshots.delay()
    finally:
        close_old_connections()


@_on_pool
def discard(*, session_id: int, student_id: int) -> None:
    """Empty the student's mailbox and drop the permission to read them."""
    snapshot_queue.discard(session_id=session_id, student_id=student_id)
    forget_permission(session_id=session_id, student_id=student_id)


is_excluded = _on_pool(analysis_costs.is_excluded)
