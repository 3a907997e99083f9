"""Pending readings: made while the database is unavailable, buffered without any image, and saved once it is back.

A pending reading is saved only if nothing that has happened since forbids it, and exactly once: it leaves the buffer
after its commit, and the constraint `one_reading_a_snapshot` rejects a second attempt.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.forms.models import model_to_dict

from classroom.domain.history.rollups import rewind_watermark
from classroom.domain.readings.permission_cache import cached_attendance
from classroom.domain.readings.record import (
    Dropped,
    Read,
    RecognisedSnapshot,
    SaveResult,
    build_reading,
    erased_at,
    publish_readings,
    record_readings,
)
from classroom.infra import circuit_breaker, metrics
from classroom.infra.pending_store import pending_store
from classroom.models import Attendance, CourseConsent, Reading

logger = logging.getLogger(__name__)

BATCH = 100
WRITER = "kept-readings-writer"
WRITER_S = 30


def save_or_buffer(snapshots: Sequence[RecognisedSnapshot], *, now: datetime) -> list[SaveResult]:
    """Save the readings and publish them; while the database is unavailable, publish them and buffer them instead."""
    try:
        return circuit_breaker.call(record_readings, snapshots, now=now)
    except circuit_breaker.DATABASE_UNAVAILABLE:
        return [_publish_and_buffer(snapshot, now) for snapshot in snapshots]


def _publish_and_buffer(snapshot: RecognisedSnapshot, now: datetime) -> SaveResult:
    attendance = cached_attendance(snapshot.ref, now=now)
    if isinstance(attendance, Dropped):
        return attendance
    reading = build_reading(snapshot)
    pending = _buffer(reading)
    publish_readings([(attendance, reading)], now=now, saved=False)
    return Read(reading, saved=False, pending=pending)


def _buffer(reading: Reading) -> bool:
    """Return whether the reading is in the buffer, which may also be full or unavailable."""
    fields = model_to_dict(reading, exclude=["id", "session", "student"])
    fields |= {"session_id": reading.session_id, "student_id": reading.student_id}
    fields |= {name: getattr(reading, name).isoformat() for name in ("captured_at", "received_at")}
    try:
        # Names and numbers only; a FloatField's value may be a numpy number.
        is_buffered = pending_store().add(json.dumps(fields, default=float))
    except Exception:
        logger.exception("A reading could not be buffered.")
        return False
    metrics.BUFFERED.inc(is_buffered)
    return is_buffered


def write_pending_readings(*, now: datetime) -> int:
    """Save pending readings, oldest first, and return how many. Stops while the database is still unavailable, and does
    nothing while another process writes."""
    store, written = pending_store(), 0
    if not store.size() or not cache.add(WRITER, 1, WRITER_S):
        return 0
    try:
        for entry in store.oldest(BATCH):
            try:
                written += circuit_breaker.call(_write, entry, now)
            except circuit_breaker.DATABASE_UNAVAILABLE:
                logger.warning("The database is unavailable; %s readings are pending.", store.size())
                break
            except Exception:
                # A reading that can never be saved must not hold up the others.
                logger.exception("A pending reading could not be saved.")
            store.remove(entry)
    finally:
        cache.delete(WRITER)
    metrics.WRITTEN_LATE.inc(written)
    return written


def _write(entry: str, now: datetime) -> bool:
    """Save one pending reading. Returns False if that is no longer allowed, or it was saved before."""
    fields = json.loads(entry)
    for name in ("captured_at", "received_at"):
        fields[name] = datetime.fromisoformat(fields[name])
    reading = Reading(**fields)
    attendances = Attendance.objects.filter(session_id=reading.session_id, student_id=reading.student_id)
    attendance = attendances.select_related("session__course", "student").first()
    if attendance is None or not _may_be_saved(reading, attendance, now):
        return False
    is_newer = Q(latest_reading=None) | Q(latest_reading__received_at__lt=reading.received_at)
    try:
        with transaction.atomic():
            reading.save(force_insert=True)
            Attendance.objects.filter(is_newer, pk=attendance.pk).update(latest_reading=reading)
            rewind_watermark(reading)
    except IntegrityError:
        return False
    return True


def _may_be_saved(reading: Reading, attendance: Attendance, now: datetime) -> bool:
    """Return whether, judging by the current data, the student could be read when the snapshot was taken and has since
    neither withdrawn nor erased their readings."""
    taken = reading.captured_at
    if not attendance.session.course.reads_faces:
        return False
    session = attendance.session
    agreed = CourseConsent.objects.in_force_in_class(session.started_at, is_anonymous=session.is_anonymous, since=taken)
    if not agreed.filter(student=attendance.student, course=session.course).exists():
        return False
    if attendance.camera != Attendance.Camera.ON and attendance.changed_at <= taken:
        return False
    if attendance.session.ended_at and attendance.session.ended_at < taken:
        return False
    erased = erased_at(reading.student_id)
    return now - taken <= timedelta(seconds=settings.KEPT_READINGS_S) and not (erased and taken <= erased)
