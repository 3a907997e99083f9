"""The Celery tasks: each fetches by id, makes one domain call and tells the outcome."""

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.conf import settings
from django.utils import timezone

from classroom import events, snapshots
from classroom.domain.readings import ReadingRefused, SnapshotRef, attendance_to_read, record_reading, result_of

logger = logging.getLogger(__name__)


# A stale snapshot is dropped by the task itself, which tells the student so; an expired task would tell nobody. Expiry
# only keeps a queue without workers from growing for ever.
@shared_task(expires=60)
def analyse_snapshot(
    session_id: int, student_id: int, seq: int, captured_ms: int, received_ms: int, reply_channel: str
) -> None:
    """Read the student's snapshot that waits in the mailbox; times in milliseconds since 1970. The socket behind
    `reply_channel` is told the result, or why there is none."""
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
    events.send(reply_channel, message)


class SnapshotDropped(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _analyse(snapshot: SnapshotRef, received_ms: int) -> events.Result:
    jpeg = snapshots.take_snapshot(
        session_id=snapshot.session_id, student_id=snapshot.student_id, received_ms=received_ms
    )
    if timezone.now() - snapshot.captured_at > timedelta(seconds=settings.SNAPSHOT_STALE_S):
        raise SnapshotDropped("stale")
    if jpeg is None:
        raise SnapshotDropped("superseded")
    attendance_to_read(snapshot)  # before looking at the picture, not only before saving
    recognition = _recogniser().recognise(jpeg)
    return result_of(record_reading(snapshot=snapshot, recognition=recognition, now=timezone.now()))


@cache
def _recogniser():
    # Here and not above: a web process imports this module, and must not load TensorFlow and OpenCV.
    from emotions.recognition import recogniser  # noqa: PLC0415

    return recogniser()


def warm_recogniser() -> None:
    """Load the network and run it once: seconds that no student's first snapshot should wait for."""
    from emotions import recognition  # noqa: PLC0415  # as above

    recognition.warm()


@worker_process_init.connect
def _warm_worker(**_: object) -> None:
    # TensorFlow does not survive a fork, so each child loads it for itself.
    warm_recogniser()


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
