"""Saving what was read from a snapshot, and telling those who may know."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db import DataError, IntegrityError, transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When

from accounts.models import Consent, User
from classroom.domain.alerts.records import forget_alerts
from classroom.domain.history.rollups import remove_from_rollups
from classroom.domain.tiles import build_tile
from classroom.infra import events
from classroom.infra.event_types import Result, Tile
from classroom.models import Attendance, ClassSession, Reading
from classroom.snapshots import SnapshotRef
from emotions.labels import by_name

if TYPE_CHECKING:  # its module loads OpenCV, and web processes import this one
    from emotions.results import Recognition


# Of an attendance, its student and its session, what permission and the tile need.
NEEDED = (
    "session_id",
    "student__name",
    "session__ended_at",
    "session__course__reads_faces",
    "camera",
    "left",
    "changed_at",
)


class ReadingRefused(Exception):
    """The student may not be read; among several it stands in her place. `reason` is `ended` for the session,
    `no_camera_course`, `paused` for her camera, `no_consent`, `unknown` while the database is away, or `failed` where
    the database does not take the reading."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _SomeRefused(Exception):
    """Of several readings that were to be saved together, some may not be saved."""


@dataclass(frozen=True)
class Look:
    """What the network saw in a snapshot. `attendance` is what attendances_to_read gave before it looked."""

    snapshot: SnapshotRef
    attendance: Attendance
    recognition: "Recognition"


def record_readings(looks: Sequence[Look], *, now: datetime) -> list[Reading | ReadingRefused]:
    """Save a reading of each, once however often it is asked for, and show them to the teachers; where a student may
    not be read any more, the refusal in its place. At most one look of a student in a session."""
    try:
        found: list[Reading | ReadingRefused] = [*_saved(looks)]
    except (IntegrityError, DataError, _SomeRefused):
        found = [_saved_alone(look) for look in looks]
    publish_readings(
        [(look, each) for look, each in zip(looks, found, strict=True) if isinstance(each, Reading)], now=now
    )
    return found


def publish_readings(readings: Iterable[tuple[Look, Reading]], *, now: datetime, saved: bool = True) -> None:
    """Show what was read to the teachers of each session."""
    tiles: dict[int, list[Tile]] = defaultdict(list)
    for look, reading in readings:
        look.attendance.latest_reading = reading
        tiles[look.snapshot.session_id].append(build_tile(look.attendance, is_present=True, now=now))
    for session_id, of_session in tiles.items():
        events.publish_tiles(session_id, of_session, saved=saved)


def result_of(reading: Reading, *, saved: bool = True, kept: bool = False) -> Result:
    """The reading as its student is told of it: it is saved, or kept to be saved later, or neither."""
    probabilities = reading.probabilities
    return {
        "seq": reading.seq,
        "faces": reading.faces,
        "box": _box(reading),
        "expression": reading.expression or None,
        "uncertain": reading.uncertain or None,
        "confidence": max(probabilities.values()) if probabilities else None,
        "probabilities": probabilities,
        "model": reading.model,
        "saved": saved,
        "kept": kept,
    }


def readings_of(student: User) -> int:
    return Reading.objects.filter(student=student).count()


def erase_readings(*, student: User, now: datetime) -> int:
    """Delete everything that was read of the student, in every session. Returns how many readings that was."""
    # Those that wait for the database (kept_readings.py) are then not saved any more.
    cache.set(_erasure_key(student.pk), now, settings.KEPT_READINGS_S)
    with transaction.atomic():
        remove_from_rollups(student=student)
        forget_alerts(student=student)
        count, _ = Reading.objects.filter(student=student).delete()
    for session_id in ClassSession.objects.running().attended_by(student).values_list("pk", flat=True):
        events.publish_class_changed(session_id)
    return count


def erased_at(student_id: int) -> datetime | None:
    """When the student last deleted her readings, for as long as readings may be kept."""
    return cache.get(_erasure_key(student_id))


def attendances_to_read(snapshots: Sequence[SnapshotRef]) -> list[Attendance | ReadingRefused]:
    """For each snapshot the attendance of its student, if she may be read at this moment, or why not. One query, of
    no more than is needed: every snapshot asks this."""
    students = {snapshot.student_id for snapshot in snapshots}
    of_students = Attendance.objects.filter(
        session__in={snapshot.session_id for snapshot in snapshots}, student__in=students
    )
    agrees = Exists(Consent.objects.in_force().filter(user=OuterRef("student")))
    rows = of_students.select_related("session__course", "student").only(*NEEDED).annotate(agrees=agrees)
    found = {(attendance.session_id, attendance.student_id): attendance for attendance in rows}
    return [_if_readable(found.get((snapshot.session_id, snapshot.student_id))) for snapshot in snapshots]


def _if_readable(attendance: Any) -> Attendance | ReadingRefused:
    if attendance is None or not attendance.session.is_running:
        return ReadingRefused("ended")
    if not attendance.session.course.reads_faces:
        return ReadingRefused("no_camera_course")
    if not attendance.agrees:
        return ReadingRefused("no_consent")
    if attendance.camera != Attendance.Camera.ON:
        return ReadingRefused("paused")
    return attendance


def _saved(looks: Sequence[Look]) -> list[Reading]:
    """Readings of them, all saved or, with IntegrityError, DataError or _SomeRefused, none."""
    with transaction.atomic():
        readings = Reading.objects.bulk_create([reading_of(look.snapshot, look.recognition) for look in looks])
        latest = {look.attendance.pk: reading.pk for look, reading in zip(looks, readings, strict=True)}
        cases = Case(*(When(pk=attendance, then=Value(reading)) for attendance, reading in latest.items()))
        if _still_readable(latest).update(latest_reading=cases) < len(latest):
            raise _SomeRefused
    return readings


def _saved_alone(look: Look) -> Reading | ReadingRefused:
    snapshot = look.snapshot
    try:
        return _saved([look])[0]
    except (IntegrityError, DataError):
        same = {"session": snapshot.session_id, "student": snapshot.student_id, "received_at": snapshot.received_at}
        return Reading.objects.filter(**same).first() or ReadingRefused("failed")
    except _SomeRefused:
        [why] = attendances_to_read([snapshot])
        return why if isinstance(why, ReadingRefused) else ReadingRefused("paused")


def _still_readable(attendances: Iterable[int]) -> QuerySet[Attendance]:
    """Of the attendances, those for which what attendances_to_read asks for holds still."""
    consent = Consent.objects.in_force().filter(user=OuterRef("student"))
    may_be_read = {"camera": Attendance.Camera.ON, "session__ended_at": None, "session__course__reads_faces": True}
    return Attendance.objects.filter(Exists(consent), pk__in=attendances, **may_be_read)


def reading_of(snapshot: SnapshotRef, recognition: "Recognition") -> Reading:
    """The reading, not yet saved."""
    return Reading(**dataclasses.asdict(snapshot), **_what(recognition))


def _what(recognition: "Recognition") -> dict:
    face = recognition.chosen
    fields = {"faces": len(recognition.faces), "model": recognition.model}
    if face is None:
        return fields
    x, y, w, h = face.box
    return fields | {
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


def _box(reading: Reading) -> list[float] | None:
    box = [reading.box_x, reading.box_y, reading.box_w, reading.box_h]
    return [share for share in box if share is not None] or None


def _erasure_key(student_id: int) -> str:
    return f"readings-erased:{student_id}"
