"""Saving the readings of recognised snapshots, once each, and only of students who may be read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db import DataError, IntegrityError, transaction

from accounts.models import User
from classroom.domain.alerts.records import forget_alerts
from classroom.domain.history.rollups import remove_from_rollups
from classroom.domain.readings.statements import find_attendances, set_latest_readings
from classroom.domain.tiles import build_tile
from classroom.infra import events
from classroom.infra.event_types import Result, Tile
from classroom.models import Attendance, ClassSession, Reading
from classroom.snapshots import DropReason, SnapshotRef
from emotions.labels import by_name

if TYPE_CHECKING:  # its module loads OpenCV, and web processes import this one
    from emotions.results import Recognition

DELETE_BATCH_SIZE = 900


@dataclass(frozen=True)
class RecognisedSnapshot:
    """A snapshot after recognition. `attendance` is the permission that was checked before it."""

    ref: SnapshotRef
    attendance: Attendance
    recognition: "Recognition"


@dataclass(frozen=True)
class Read:
    """A snapshot that was read. The reading is saved, pending until the database is available, or (if neither) lost."""

    reading: Reading
    saved: bool
    pending: bool


@dataclass(frozen=True)
class Dropped:
    """A snapshot that has no reading, and why."""

    reason: DropReason


SaveResult = Read | Dropped


class _NoLongerReadable(Exception):
    """At least one student of a batch may no longer be read."""


def record_readings(snapshots: Sequence[RecognisedSnapshot], *, now: datetime) -> list[SaveResult]:
    """Save one reading per snapshot, once no matter how often this is called, and publish it to the session's teachers.

    A student who may no longer be read is dropped without failing the others. At most one snapshot of a student in a
    session.
    """
    results: list[SaveResult]
    try:
        results = [Read(reading, saved=True, pending=False) for reading in _save_all_or_none(snapshots)]
    except (IntegrityError, DataError, _NoLongerReadable):
        results = [_save_one(snapshot) for snapshot in snapshots]
    pairs = zip(snapshots, results, strict=True)
    publish_readings([(each.attendance, read.reading) for each, read in pairs if isinstance(read, Read)], now=now)
    return results


def publish_readings(readings: Iterable[tuple[Attendance, Reading]], *, now: datetime, saved: bool = True) -> None:
    """Publish the students' tiles to the teachers of each session, one message per session. Nothing is published for an
    anonymous one, because a message would reveal whose camera is on."""
    tiles: dict[int, list[Tile]] = defaultdict(list)
    for attendance, reading in readings:
        if attendance.session.is_anonymous:
            continue
        attendance.latest_reading = reading
        tiles[reading.session_id].append(build_tile(attendance, is_present=True, now=now))
    for session_id, session_tiles in tiles.items():
        events.publish_tiles(session_id, session_tiles, saved=saved)


def find_readable(refs: Sequence[SnapshotRef]) -> list[Attendance | Dropped]:
    """For each snapshot, return its student's attendance if they may be read at this moment, else the refusal.

    One query, with only the fields that are needed: every batch of snapshots runs it.
    """
    found = {(each.session_id, each.student_id): (each, agrees) for each, agrees in find_attendances(refs)}
    return [_check(*found.get((ref.session_id, ref.student_id), (None, False))) for ref in refs]


def _check(attendance: Attendance | None, agrees: bool) -> Attendance | Dropped:
    if attendance is None or not attendance.session.is_running:
        return Dropped("ended")
    if not attendance.session.course.reads_faces:
        return Dropped("no_camera_course")
    if not agrees:
        return Dropped("no_consent")
    if attendance.camera != Attendance.Camera.ON:
        return Dropped("paused")
    return attendance


def _save_all_or_none(snapshots: Sequence[RecognisedSnapshot]) -> list[Reading]:
    """Save the readings in one transaction. Raises IntegrityError, DataError or _NoLongerReadable."""
    with transaction.atomic():
        readings = Reading.objects.bulk_create([build_reading(snapshot) for snapshot in snapshots])
        latest = {each.attendance.pk: reading.pk for each, reading in zip(snapshots, readings, strict=True)}
        if set_latest_readings(latest) < len(latest):
            raise _NoLongerReadable
    return readings


def _save_one(snapshot: RecognisedSnapshot) -> SaveResult:
    ref = snapshot.ref
    try:
        [reading] = _save_all_or_none([snapshot])
    except (IntegrityError, DataError):
        same = Reading.objects.filter(session=ref.session_id, student=ref.student_id, received_at=ref.received_at)
        earlier = same.first()
        return Read(earlier, saved=True, pending=False) if earlier else Dropped("failed")
    except _NoLongerReadable:
        [refusal] = find_readable([ref])
        return refusal if isinstance(refusal, Dropped) else Dropped("paused")
    return Read(reading, saved=True, pending=False)


def build_reading(snapshot: RecognisedSnapshot) -> Reading:
    """Build the reading of the snapshot's chosen face, not yet saved. Shares of the frame replace pixels."""
    recognition, face = snapshot.recognition, snapshot.recognition.chosen
    fields: dict[str, Any] = {"faces": recognition.faces_found, "model": recognition.model}
    if face is not None:
        x, y, w, h = face.box
        fields |= {
            "box_x": x / recognition.width,
            "box_y": y / recognition.height,
            "box_w": w / recognition.width,
            "box_h": h / recognition.height,
            "expression": face.expression,
            "uncertain": face.uncertain or "",
            "face_score": face.score,
            "face_size": face.quality.size_px,
            "brightness": face.quality.brightness,
            "sharpness": face.quality.sharpness,
            **by_name(face.probabilities),
        }
    return Reading(**vars(snapshot.ref), **fields)


def build_result(read: Read) -> Result:
    """Build what the student sees of the reading."""
    reading, probabilities = read.reading, read.reading.probabilities
    box = [share for share in (reading.box_x, reading.box_y, reading.box_w, reading.box_h) if share is not None]
    return {
        "seq": reading.seq,
        "faces": reading.faces,
        "box": box or None,
        "expression": reading.expression or None,
        "uncertain": reading.uncertain or None,
        "confidence": max(probabilities.values()) if probabilities else None,
        "probabilities": probabilities,
        "model": reading.model,
        "saved": read.saved,
        "kept": read.pending,
    }


def count_readings(student: User) -> int:
    return Reading.objects.filter(student=student).count()


def erase_readings(*, student: User, now: datetime) -> int:
    """Delete every reading of the student, in every session, and return how many there were."""
    # This makes pending readings (pending.py) be dropped instead of saved.
    cache.set(_erasure_key(student.pk), now, settings.KEPT_READINGS_S)
    with transaction.atomic():
        remove_from_rollups(student=student)
        forget_alerts(student=student)
        # In batches: Django loads the rows it deletes, and a year is a million.
        count, readings = 0, Reading.objects.filter(student=student).order_by()
        while batch := list(readings.values_list("pk", flat=True)[:DELETE_BATCH_SIZE]):
            count += Reading.objects.filter(pk__in=batch).delete()[0]
    for session_id in ClassSession.objects.running().attended_by(student).values_list("pk", flat=True):
        events.publish_class_changed(session_id)
    return count


def erased_at(student_id: int) -> datetime | None:
    """Return when the student last deleted their readings, for as long as readings may be pending."""
    return cache.get(_erasure_key(student_id))


def _erasure_key(student_id: int) -> str:
    return f"readings-erased:{student_id}"
