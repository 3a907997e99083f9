"""The Celery task that reads snapshots, several at a time: it takes those that wait and tells what came of each."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from celery import shared_task
from celery.signals import worker_process_init
from django.conf import settings
from django.utils import timezone

from classroom.domain.readings.pending import Outcome, save_or_keep
from classroom.domain.readings.permission_cache import students_to_read
from classroom.domain.readings.record import Look, ReadingRefused, result_of
from classroom.infra import events, metrics, snapshot_queue
from classroom.infra.event_types import SnapshotEvent
from classroom.infra.snapshot_queue import Taken
from classroom.models import Attendance
from classroom.snapshots import DropReason, SnapshotRef
from classroom.tasks import background
from classroom.tasks.follow_session import note_activity
from emotions import serving

if TYPE_CHECKING:  # its module loads OpenCV, and web processes import this one
    from emotions.results import Recognition

logger = logging.getLogger(__name__)

# An answer to who may be read is not relied on for longer.
ASK_AGAIN_S = 0.25

# Of each snapshot its reading, or the reason why there is none.
Outcomes = dict[SnapshotRef, Outcome | str]


# A stale snapshot is dropped by the task itself, which tells the student so. Expiry only keeps a queue without workers
# from growing for ever.
@shared_task(name="classroom.tasks.analyse_snapshots", expires=60)
def analyse_snapshots() -> None:
    """Read the snapshots that wait longest, up to SNAPSHOT_BATCH. The socket behind each is told the result, or why
    there is none, and how long the snapshot waited for its turn."""
    taken, more_wait = snapshot_queue.pop_batch()
    # Run at once, in this thread, the next would come before those it is to follow.
    if more_wait and not settings.CELERY_TASK_ALWAYS_EAGER:
        _call_next()
    if taken:
        _answer(taken)
    if more_wait and settings.CELERY_TASK_ALWAYS_EAGER:
        _call_next()


def _call_next() -> None:
    try:
        analyse_snapshots.delay()
    except Exception:
        logger.exception("No worker could be called.")  # whoever hands in a snapshot calls again


def _answer(taken: Taken) -> None:
    began_at = timezone.now()
    outcomes: Outcomes = {}
    try:
        outcomes = _outcomes(taken)
    except Exception:
        logger.exception("%s snapshots could not be analysed.", len(taken))
    messages = [
        (each.reply_channel, _message(each.snapshot, outcomes.get(each.snapshot, "failed"), began_at))
        for each, _ in taken
    ]
    events.send(messages)
    for session_id in {each.snapshot.session_id for each, _ in taken}:
        note_activity(session_id)


def _message(snapshot: SnapshotRef, outcome: Outcome | str, began_at: datetime) -> SnapshotEvent:
    waited_s = max(0.0, (began_at - snapshot.received_at).total_seconds())
    metrics.STAGE.labels("queue").observe(waited_s)
    queue_ms = int(waited_s * 1000)
    if isinstance(outcome, str):
        metrics.DROPPED.labels(outcome).inc()
        return events.snapshot_dropped(snapshot.seq, cast(DropReason, outcome), queue_ms=queue_ms)
    result = result_of(outcome.reading, saved=outcome.saved, kept=outcome.kept)
    return events.snapshot_result(result, queue_ms=queue_ms)


def _outcomes(taken: Taken) -> Outcomes:
    jpegs = {each.snapshot: jpeg for each, jpeg in taken if jpeg is not None}
    gone = {each.snapshot for each, _ in taken} - jpegs.keys()
    outcomes: Outcomes = {snapshot: "stale" if _is_stale(snapshot) else "superseded" for snapshot in gone}
    looks = _looks(jpegs, outcomes)
    if not looks:
        return outcomes
    with metrics.stage("save"):
        found = save_or_keep(looks, now=timezone.now())
    for look, each in zip(looks, found, strict=True):
        outcomes[look.snapshot] = each.reason if isinstance(each, ReadingRefused) else each
    if settings.EMBEDDED and any(isinstance(each, Outcome) and each.kept for each in found):
        background.start_until_written()
    return outcomes


def _looks(jpegs: Mapping[SnapshotRef, bytes], outcomes: Outcomes) -> list[Look]:
    """Look at those that may be looked at; `outcomes` is told why the others are not."""
    looks: list[Look] = []
    for snapshot, attendance in _asked([*jpegs]):
        look = _look(snapshot, attendance, jpegs[snapshot])
        if isinstance(look, str):
            outcomes[snapshot] = look
        else:
            looks.append(look)
    return looks


def _asked(rest: Sequence[SnapshotRef]) -> Iterator[tuple[SnapshotRef, Attendance | ReadingRefused]]:
    """Each with whether its student may be read: asked before looking at the picture, not only when saving, and anew
    where looking at the others has taken long."""
    while rest:
        asked_at, done = time.monotonic(), 0
        for answer in zip(rest, students_to_read(rest, now=timezone.now()), strict=True):
            yield answer
            done += 1
            if time.monotonic() - asked_at > ASK_AGAIN_S:
                break
        rest = rest[done:]


def _look(snapshot: SnapshotRef, attendance: Attendance | ReadingRefused, jpeg: bytes) -> Look | str:
    if isinstance(attendance, ReadingRefused):
        return attendance.reason
    if _is_stale(snapshot):
        return "stale"
    recognition = _recognition(jpeg)
    if recognition is None:
        return "failed"
    # On a machine that has fallen behind the analysis itself takes long.
    return "stale" if _is_stale(snapshot) else Look(snapshot, attendance, recognition)


def _recognition(jpeg: bytes) -> "Recognition | None":
    """None where it fails: one bad picture must not take the worker, or other students' pictures, down with it."""
    try:
        with metrics.stage("analysis"):
            recognition = serving.recogniser().recognise(jpeg)
    except Exception:
        logger.exception("A snapshot could not be analysed.")
        return None
    metrics.ANALYSED.inc()
    return recognition


def _is_stale(snapshot: SnapshotRef) -> bool:
    return timezone.now() - snapshot.captured_at > timedelta(seconds=settings.SNAPSHOT_STALE_S)


@worker_process_init.connect
def _warm_worker(**_: object) -> None:
    # TensorFlow does not survive a fork, so each child loads it for itself. Only then does it count as living.
    serving.warm()
    background.start_in_worker()
