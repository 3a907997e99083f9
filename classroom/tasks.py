"""The Celery tasks: each fetches by id, makes one domain call and tells the outcome."""

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.conf import settings
from django.utils import timezone

from classroom import events, metrics, snapshots, upkeep
from classroom.domain.attendance_known import student_to_read
from classroom.domain.kept_readings import save_or_keep
from classroom.domain.readings import ReadingRefused, SnapshotRef, result_of
from classroom.session_tasks import note_activity

logger = logging.getLogger(__name__)

# Of this process: `not loaded`, `loaded` or `broken`.
recogniser_state = "not loaded"


# A stale snapshot is dropped by the task itself, which tells the student so; an expired task would tell nobody. Expiry
# only keeps a queue without workers from growing for ever.
@shared_task(expires=60)
def analyse_snapshot(
    session_id: int, student_id: int, seq: int, captured_ms: int, received_ms: int, reply_channel: str
) -> None:
    """Read the student's snapshot that waits in the mailbox; times in milliseconds since 1970. The socket behind
    `reply_channel` is told the result, or why there is none, and how long the snapshot waited for its turn."""
    queue_ms = max(0, int(timezone.now().timestamp() * 1000) - received_ms)
    metrics.STAGE.labels("queue").observe(queue_ms / 1000)
    snapshot = SnapshotRef(
        session_id=session_id,
        student_id=student_id,
        seq=seq,
        captured_at=_moment(captured_ms),
        received_at=_moment(received_ms),
    )
    try:
        message: dict[str, Any] = {"type": "snapshot.result", "result": _analyse(snapshot, received_ms)}
    except SnapshotDropped as dropped:
        message = {"type": "snapshot.dropped", "seq": seq, "reason": dropped.reason}
    except ReadingRefused as refused:
        message = {"type": "snapshot.dropped", "seq": seq, "reason": refused.reason}
    except Exception:
        # One bad picture must not take the worker, or the student's session, down with it.
        logger.exception("A snapshot of session %s could not be analysed.", session_id)
        message = {"type": "snapshot.dropped", "seq": seq, "reason": "failed"}
    if "reason" in message:
        metrics.DROPPED.labels(message["reason"]).inc()
    events.send(reply_channel, message | {"queue_ms": queue_ms})
    note_activity(session_id)


class SnapshotDropped(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _analyse(snapshot: SnapshotRef, received_ms: int) -> events.Result:
    jpeg = snapshots.take_snapshot(
        session_id=snapshot.session_id, student_id=snapshot.student_id, received_ms=received_ms
    )
    _refuse_stale(snapshot)
    if jpeg is None:
        raise SnapshotDropped("superseded")
    # Before looking at the picture, not only when saving.
    attendance = student_to_read(snapshot=snapshot, now=timezone.now())
    with metrics.stage("analysis"):
        recognition = _recogniser().recognise(jpeg)
    metrics.ANALYSED.inc()
    _refuse_stale(snapshot)  # on a machine that has fallen behind the analysis itself takes long
    with metrics.stage("save"):
        outcome = save_or_keep(snapshot=snapshot, attendance=attendance, recognition=recognition, now=timezone.now())
    if outcome.kept and settings.EMBEDDED:
        upkeep.start_until_written()
    return result_of(outcome.reading, saved=outcome.saved, kept=outcome.kept)


def _refuse_stale(snapshot: SnapshotRef) -> None:
    if timezone.now() - snapshot.captured_at > timedelta(seconds=settings.SNAPSHOT_STALE_S):
        raise SnapshotDropped("stale")


@cache
def _recogniser():
    # Here and not above: a web process imports this module, and must not load TensorFlow and OpenCV.
    from emotions.recognition import recogniser  # noqa: PLC0415

    return recogniser()


def warm_recogniser() -> None:
    """Load the network and run it once: seconds that no student's first snapshot should wait for."""
    global recogniser_state
    from emotions import recognition  # noqa: PLC0415  # as above

    try:
        recognition.warm()
    except Exception:
        recogniser_state = "broken"
        raise
    recogniser_state = "loaded"


@worker_process_init.connect
def _warm_worker(**_: object) -> None:
    # TensorFlow does not survive a fork, so each child loads it for itself. Only then does it count as living.
    warm_recogniser()
    upkeep.start_in_worker()


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
