"""Saving what was read from a snapshot, and telling those who may know."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.consent import consent_in_force
from accounts.models import User
from classroom import events
from classroom.domain.tiles import tile_of
from classroom.events import Result
from classroom.models import Attendance, Reading
from emotions.labels import by_name

if TYPE_CHECKING:  # its module brings OpenCV, which a web process does not load
    from emotions.recognition import Recognition


class ReadingRefused(Exception):
    """The student may not be read. `reason` is `ended` for the session, `paused` for her camera, or `no_consent`."""

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


def record_reading(*, snapshot: SnapshotRef, recognition: "Recognition", now: datetime) -> Reading:
    """Save the reading once, however often it is asked for, and show it to the teachers. Raises ReadingRefused."""
    attendance = attendance_to_read(snapshot)
    try:
        with transaction.atomic():
            reading = Reading.objects.create(**_where_and_when(snapshot), **_what(recognition))
            Attendance.objects.filter(pk=attendance.pk).update(latest_reading=reading)
    except IntegrityError:
        return Reading.objects.get(
            session_id=snapshot.session_id, student_id=snapshot.student_id, received_at=snapshot.received_at
        )
    attendance.latest_reading = reading
    events.publish_tile(snapshot.session_id, tile_of(attendance, is_here=True, now=now))
    return reading


def result_of(reading: Reading) -> Result:
    """The reading as its student is told of it."""
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
    }


def readings_of(student: User) -> int:
    return Reading.objects.filter(student=student).count()


def erase_readings(*, student: User) -> int:
    """Delete everything that was read of the student, in every session. Returns how many readings that was."""
    count, _ = Reading.objects.filter(student=student).delete()
    return count


def attendance_to_read(snapshot: SnapshotRef) -> Attendance:
    """The attendance of a student who may be read at this moment. Raises ReadingRefused."""
    attendance = (
        Attendance.objects.filter(session_id=snapshot.session_id, student_id=snapshot.student_id)
        .select_related("session", "student")
        .first()
    )
    if attendance is None or not attendance.session.is_running:
        raise ReadingRefused("ended")
    if not consent_in_force(attendance.student):
        raise ReadingRefused("no_consent")
    if attendance.camera != Attendance.Camera.ON:
        raise ReadingRefused("paused")
    return attendance


def _where_and_when(snapshot: SnapshotRef) -> dict:
    return {
        "session_id": snapshot.session_id,
        "student_id": snapshot.student_id,
        "seq": snapshot.seq,
        "captured_at": snapshot.captured_at,
        "received_at": snapshot.received_at,
    }


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
