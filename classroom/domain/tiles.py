"""One student as the dashboard shows them."""

from datetime import datetime

from accounts.models import User
from accounts.names import sort_key
from classroom.infra.event_types import Tile
from classroom.measures import WINDOW_S
from classroom.models import Attendance, Reading


def build_tile(attendance: Attendance, *, is_present: bool, now: datetime, trend: list[float] | None = None) -> Tile:
    """Return the tile of a student who has joined. Needs `student`, `latest_reading` and the session's course. In an
    anonymous session it reveals no more than the stays do, not even when the camera changed."""
    if attendance.session.is_anonymous:
        last_seen_at = max((stay.last_seen_at.timestamp() for stay in attendance.stays.all()), default=0.0)
        state = tile_state(attendance, None, is_present=is_present, now=now)
        return _tile(attendance.student, state, None, updated=last_seen_at, trend=[])
    reading = attendance.latest_reading
    state = tile_state(attendance, reading, is_present=is_present, now=now)
    updated = max(attendance.changed_at, reading.received_at if reading else attendance.changed_at)
    return _tile(attendance.student, state, reading, updated=updated.timestamp(), trend=trend or [])


def build_absent_tile(student: User) -> Tile:
    """Return the tile of a student who is enrolled and has not joined."""
    return _tile(student, "absent", None, updated=0.0, trend=[])


def tile_state(attendance: Attendance, reading: Reading | None, *, is_present: bool, now: datetime) -> str:
    """Return one of the states in docs/architecture.md, except `absent`."""
    if not is_present:
        return "left" if attendance.left else "disconnected"
    if attendance.session.is_anonymous or not attendance.session.course.reads_faces:
        return "in_class"
    if attendance.camera != Attendance.Camera.ON:
        return attendance.camera
    if reading is None or (now - reading.received_at).total_seconds() > WINDOW_S:
        return "waiting"
    if not reading.faces:
        return "no_face"
    return "uncertain" if reading.uncertain else "seen"


def _tile(student: User, state: str, reading: Reading | None, *, updated: float, trend: list[float]) -> Tile:
    probabilities = reading.probabilities if reading else None
    return {
        "id": student.pk,
        "name": student.display_name,
        "sort": sort_key(student.display_name),
        "state": state,
        "updated": updated,
        "trend": trend,
        "expression": (reading.expression or None) if reading else None,
        "uncertain": (reading.uncertain or None) if reading else None,
        "confidence": max(probabilities.values()) if probabilities else None,
        "probabilities": probabilities,
        "faces": reading.faces if reading else None,
        "captured_at": reading.captured_at.timestamp() if reading else None,
        "seq": reading.seq if reading else None,
        "says": None,
        "hand_since": None,
        "heard": 0.0,
    }
