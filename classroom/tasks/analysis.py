"""The Celery task that analyses snapshots, a batch at a time, from the queue to the answer of each socket."""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from celery import shared_task
from celery.signals import worker_process_init
from django.conf import settings
from django.utils import timezone

from classroom.domain.readings.pending import save_or_buffer
from classroom.domain.readings.permission_cache import check_permissions
from classroom.domain.readings.record import Dropped, Read, RecognisedSnapshot, SaveResult, build_result
from classroom.infra import events, metrics, snapshot_queue
from classroom.infra.analysis_costs import Picture, record_cost
from classroom.infra.event_types import SnapshotEvent
from classroom.infra.snapshot_queue import QueuedSnapshot
from classroom.models import Attendance
from classroom.snapshots import SnapshotRef, parse_content
from classroom.tasks import background
from classroom.tasks.follow_session import note_activity
from emotions import serving
from emotions.face_crop import FoundFaces

logger = logging.getLogger(__name__)

# A permission older than this is checked again before the next image is analysed.
PERMISSION_HOLDS_S = 0.25
# Other tasks wait at most this long if every worker process is analysing.
LISTENS_S = 0.5


# The task itself drops a stale snapshot and answers its socket. Expiry only keeps a broker without workers from filling
# up.
@shared_task(name="classroom.tasks.analyse_snapshots", expires=60, time_limit=60)
def analyse_snapshots() -> None:
    """Analyse the snapshots that have waited longest, up to SNAPSHOT_BATCH, and answer the socket of each with the
    result, or the reason why there is none, and with the time that the snapshot waited. Then listen for more: starting
    the task for each batch would cost as much as saving it."""
    ends_s = time.monotonic() + LISTENS_S
    batch, more_wait = snapshot_queue.pop_batch()
    if settings.CELERY_TASK_ALWAYS_EAGER:
        _analyse_and_answer(batch)
        # delay() runs inline: schedule the next batch after this one.
        if more_wait:
            _wake_next_worker()
        return
    while batch:
        if more_wait:
            _wake_next_worker()
        _analyse_and_answer(batch)
        batch, more_wait = snapshot_queue.next_batch(wait_s=ends_s - time.monotonic())


def _analyse_and_answer(batch: Sequence[QueuedSnapshot]) -> None:
    if not batch:
        return
    began_at = timezone.now()
    try:
        results = _analyse(batch)
    except Exception:
        logger.exception("%s snapshots could not be analysed.", len(batch))
        results = {queued.ref: Dropped("failed") for queued in batch}
    events.send([(queued.channel, _answer(queued.ref, results[queued.ref], began_at)) for queued in batch])
    for session_id in {ref.session_id for ref, result in results.items() if result == Dropped("unknown")}:
        events.publish_cameras_resting(session_id)
    for session_id in {queued.ref.session_id for queued in batch}:
        note_activity(session_id)


def _analyse(batch: Sequence[QueuedSnapshot]) -> dict[SnapshotRef, SaveResult]:
    # 1. Drop what has no image: it expired in the mailbox, or a newer one replaced it.
    contents = {queued.ref: queued.content for queued in batch if queued.content is not None}
    without_image = {queued.ref for queued in batch} - contents.keys()
    results: dict[SnapshotRef, SaveResult] = {
        ref: Dropped("stale" if ref.is_stale(timezone.now()) else "superseded") for ref in without_image
    }
    # 2. Check each student's permission, and only then 3. look at their image.
    recognised: list[RecognisedSnapshot] = []
    for ref, permission in _with_permissions([*contents]):
        outcome = permission if isinstance(permission, Dropped) else _recognise(ref, permission, contents[ref])
        if isinstance(outcome, Dropped):
            results[ref] = outcome
        else:
            recognised.append(outcome)
    # 4. Save the readings together, and show them to the teachers.
    if recognised:
        with metrics.stage("save"):
            saved = save_or_buffer(recognised, now=timezone.now())
        results |= {each.ref: result for each, result in zip(recognised, saved, strict=True)}
    # 5. Embedded, start the thread that saves pending readings; distributed, every worker runs it.
    if settings.EMBEDDED and any(isinstance(result, Read) and result.pending for result in results.values()):
        background.start_until_written()
    return results


def _with_permissions(refs: Sequence[SnapshotRef]) -> Iterator[tuple[SnapshotRef, Attendance | Dropped]]:
    """Check all permissions in one query. Check those of the remaining snapshots again if the analysis of the others
    takes long, so that nobody who has withdrawn in the meantime is analysed."""
    while refs:
        checked_at, done = time.monotonic(), 0
        for pair in zip(refs, check_permissions(refs, now=timezone.now()), strict=True):
            yield pair
            done += 1
            if time.monotonic() - checked_at > PERMISSION_HOLDS_S:
                break
        refs = refs[done:]


def _recognise(ref: SnapshotRef, attendance: Attendance, content: bytes) -> RecognisedSnapshot | Dropped:
    if ref.is_stale(timezone.now()):
        return Dropped("stale")
    recogniser = serving.recogniser()
    began_s, picture, recognition = time.thread_time(), None, None
    try:
        with metrics.stage("analysis"):
            picture = parse_content(content)
            if isinstance(picture, FoundFaces):
                recognition = recogniser.recognise_found(picture)
            else:
                recognition = recogniser.recognise(picture)
    except Exception:
        # One bad image must not take down the worker or other students' images.
        logger.exception("A snapshot could not be analysed.")
    if _was_too_costly(ref, picture, time.thread_time() - began_s):
        return Dropped("too_costly")
    if recognition is None:
        return Dropped("failed")
    metrics.ANALYSED.inc()
    # On a machine that has fallen behind, the analysis itself takes long.
    if ref.is_stale(timezone.now()):
        return Dropped("stale")
    return RecognisedSnapshot(ref, attendance, recognition)


def _was_too_costly(ref: SnapshotRef, picture: bytes | FoundFaces | None, cost_s: float) -> bool:
    if isinstance(picture, FoundFaces) and picture.nearest is None:
        return False  # nothing was analysed
    kind: Picture = "face" if isinstance(picture, FoundFaces) else "frame"
    return record_cost(session_id=ref.session_id, student_id=ref.student_id, cost_s=cost_s, picture=kind)


def _answer(ref: SnapshotRef, result: SaveResult, began_at: datetime) -> SnapshotEvent:
    waited_s = max(0.0, (began_at - ref.received_at).total_seconds())
    metrics.STAGE.labels("queue").observe(waited_s)
    queue_ms = int(waited_s * 1000)
    if isinstance(result, Read):
        metrics.record_read()
        return events.snapshot_result(build_result(result), queue_ms=queue_ms)
    metrics.record_dropped(result.reason)
    return events.snapshot_dropped(ref.seq, result.reason, queue_ms=queue_ms)


def _wake_next_worker() -> None:
    try:
        analyse_snapshots.delay()
    except Exception:
        # The next push tries again.
        logger.exception("No worker could be woken.")


@worker_process_init.connect
def _warm_worker(**_: object) -> None:
    # The network does not survive a fork, so each child process loads its own and only then counts as alive.
    serving.warm()
    background.start_in_worker()
