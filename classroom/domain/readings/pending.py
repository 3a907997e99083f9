"""Readings made while the database is away: kept on a shelf without any image, and saved once it answers.

A kept reading is saved only if nothing that happened meanwhile forbids it, and once: the constraint
`one_reading_a_snapshot` turns a second attempt away.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.forms.models import model_to_dict

from accounts.consent import consent_in_force
from classroom.domain.history.rollups import rewind_watermark
from classroom.domain.readings.permission_cache import known_attendance
from classroom.domain.readings.record import (
    Look,
    ReadingRefused,
    erased_at,
    publish_readings,
    reading_of,
    record_readings,
)
from classroom.infra import circuit_breaker, metrics
from classroom.infra.pending_store import shelf
from classroom.models import Attendance, Reading

logger = logging.getLogger(__name__)

BATCH = 100
WRITER = "kept-readings-writer"
WRITER_S = 30


@dataclass(frozen=True)
class Outcome:
    """The reading, and whether the database has it, or will have it, or neither."""

    reading: Reading
    saved: bool
    kept: bool


def save_or_keep(looks: Sequence[Look], *, now: datetime) -> list[Outcome | ReadingRefused]:
    """Save a reading of each; while the database is away, show them to the teachers all the same and keep them for
    later."""
    try:
        found = circuit_breaker.call(record_readings, looks, now=now)
    except circuit_breaker.DATABASE_UNAVAILABLE:
        return [_shown_and_kept(look, now) for look in looks]
    return [Outcome(each, saved=True, kept=False) if isinstance(each, Reading) else each for each in found]


def write_kept_readings(*, now: datetime) -> int:
    """Save what was kept, oldest first, unless another process is at it; returns how many were saved. Stops where
    the database is still away."""
    if not shelf().size() or not cache.add(WRITER, 1, WRITER_S):
        return 0
    written = 0
    try:
        for entry in shelf().oldest(BATCH):
            written += _written_or_given_up(entry, now)
            shelf().remove(entry)
    except circuit_breaker.DATABASE_UNAVAILABLE:
        logger.warning("The database is away; %s readings wait for it.", shelf().size())
    finally:
        cache.delete(WRITER)
    metrics.WRITTEN_LATE.inc(written)
    return written


def _shown_and_kept(look: Look, now: datetime) -> Outcome | ReadingRefused:
    attendance = known_attendance(look.snapshot, now=now)
    if isinstance(attendance, ReadingRefused):
        return attendance
    reading = reading_of(look.snapshot, look.recognition)
    kept = _keep(reading)
    publish_readings([(replace(look, attendance=attendance), reading)], now=now, saved=False)
    return Outcome(reading, saved=False, kept=kept)


def _keep(reading: Reading) -> bool:
    # Names and numbers alone; a FloatField's value may be a numpy number.
    fields = model_to_dict(reading, exclude=["id", "session", "student"])
    where = {"session_id": reading.session_id, "student_id": reading.student_id}
    when = {name: getattr(reading, name).isoformat() for name in ("captured_at", "received_at")}
    try:
        kept = shelf().add(json.dumps(fields | where | when, default=float))
    except Exception:
        logger.exception("A reading could not be kept.")
        return False
    metrics.KEPT.inc(kept)
    return kept


def _written_or_given_up(entry: str, now: datetime) -> bool:
    try:
        return circuit_breaker.call(_write, entry, now)
    except circuit_breaker.DATABASE_UNAVAILABLE:
        raise
    except Exception:
        # One that can never be saved must not keep the others waiting.
        logger.exception("A kept reading could not be saved.")
        return False


def _write(entry: str, now: datetime) -> bool:
    """Save one kept reading if that is still allowed. False if it is not, or was saved before."""
    reading = _reading_from(entry)
    attendance = (
        Attendance.objects.filter(session_id=reading.session_id, student_id=reading.student_id)
        .select_related("session__course", "student")
        .first()
    )
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
    """Whether the student might be read when the snapshot was taken, by what is known now, and has agreed since."""
    taken = reading.captured_at
    if not attendance.session.course.reads_faces:
        return False
    consent = consent_in_force(attendance.student)
    if consent is None or consent.granted_at > taken:
        return False
    if attendance.camera != Attendance.Camera.ON and attendance.changed_at <= taken:
        return False
    if attendance.session.ended_at and attendance.session.ended_at < taken:
        return False
    erased = erased_at(reading.student_id)
    return now - taken <= timedelta(seconds=settings.KEPT_READINGS_S) and not (erased and taken <= erased)


def _reading_from(entry: str) -> Reading:
    fields = json.loads(entry)
    for name in ("captured_at", "received_at"):
        fields[name] = datetime.fromisoformat(fields[name])
    return Reading(**fields)
