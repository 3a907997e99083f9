"""Saving what was read from a snapshot, and telling those who may know."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Consent, User
from classroom import events
from classroom.domain.alerts import forget_alerts
from classroom.domain.rollups import forget_student
from classroom.domain.tiles import tile_of
from classroom.events import Result
from classroom.models import Attendance, ClassSession, Reading
from emotions.labels import by_name

if TYPE_CHECKING:  # its module brings OpenCV, which a web process does not load
    from emotions.recognition import Recognition


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
    """The student may not be read. `reason` is `ended` for the session, `no_camera_course`, `paused` for her
    camera, `no_consent`, or `unknown` while the database is away."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SnapshotRef:
    """Which snapshot a reading is of. `received_at` tells two snapshots of a student apart."""

    session_id: int
    student_id: int
    seq: int
    captured_at: datetime
    received_at: datetime


def record_reading(
    *, snapshot: SnapshotRef, attendance: Attendance, recognition: "Recognition", now: datetime
) -> Reading:
    """Save the reading once, however often it is asked for, and show it to the teachers. `attendance` is what
    attendance_to_read gave before the picture was looked at. Raises ReadingRefused if she may not be read any more."""
    try:
        with transaction.atomic():
            reading = reading_of(snapshot, recognition)
            reading.save(force_insert=True)
            if not _still_readable(attendance).update(latest_reading=reading):
                attendance_to_read(snapshot)  # says why
                raise ReadingRefused("paused")
    except IntegrityError:
        return Reading.objects.get(
            session_id=snapshot.session_id, student_id=snapshot.student_id, received_at=snapshot.received_at
        )
    attendance.latest_reading = reading
    events.publish_tile(snapshot.session_id, tile_of(attendance, is_here=True, now=now))
    return reading


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
        forget_student(student=student)
        forget_alerts(student=student)
        count, _ = Reading.objects.filter(student=student).delete()
    for session_id in ClassSession.objects.running().attended_by(student).values_list("pk", flat=True):
        # Open dashboards still show what they were told.
        events.publish(events.teachers_group(session_id), {"type": "class.changed"})
    return count


def erased_at(student_id: int) -> datetime | None:
    """When the student last deleted her readings, for as long as readings may be kept."""
    return cache.get(_erasure_key(student_id))


def attendance_to_read(snapshot: SnapshotRef) -> Attendance:
    """The attendance of a student who may be read at this moment. Raises ReadingRefused."""
    attendance = (
        Attendance.objects.filter(session_id=snapshot.session_id, student_id=snapshot.student_id)
        .select_related("session__course", "student")
        # Every snapshot asks this, so it is one query, of no more than is needed.
        .only(*NEEDED)
        .annotate(agrees=Exists(Consent.objects.in_force().filter(user=OuterRef("student"))))
        .first()
    )
    if attendance is None or not attendance.session.is_running:
        raise ReadingRefused("ended")
    if not attendance.session.course.reads_faces:
        raise ReadingRefused("no_camera_course")
    if not attendance.agrees:
        raise ReadingRefused("no_consent")
    if attendance.camera != Attendance.Camera.ON:
        raise ReadingRefused("paused")
    return attendance


def _still_readable(attendance: Attendance) -> QuerySet[Attendance]:
    """The attendance, if what attendance_to_read asks for holds still."""
    consent = Consent.objects.in_force().filter(user=attendance.student_id)
    may_be_read = {"camera": Attendance.Camera.ON, "session__ended_at": None, "session__course__reads_faces": True}
    return Attendance.objects.filter(Exists(consent), pk=attendance.pk, **may_be_read)


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
