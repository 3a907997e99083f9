"""Recognised snapshots for tests, without an image or a network."""

from datetime import datetime, timedelta

from classroom.domain.readings.record import RecognisedSnapshot
from classroom.models import Attendance
from classroom.snapshots import SnapshotRef
from emotions.recognition import Face, FaceQuality, Recognition
from tests.factories import NOW, shares


def face(x=80.0, y=60.0, size=120.0, expression="happy", uncertain=None) -> Face:
    return Face(
        box=(x, y, size, size),
        score=0.9,
        probabilities=tuple(shares(expression).values()),
        expression=expression,
        uncertain=uncertain,
        quality=FaceQuality(size_px=size, brightness=0.5, sharpness=100.0),
    )


def ref(session, student, seq=1, at: datetime = NOW) -> SnapshotRef:
    return SnapshotRef(
        session_id=session.pk,
        student_id=student.pk,
        seq=seq,
        captured_at=at - timedelta(milliseconds=40),
        received_at=at,
    )


def recognised(session, student, *faces: Face, **which) -> RecognisedSnapshot:
    """The permission is the attendance as it is now."""
    attendance = Attendance.objects.select_related("session__course", "student").get(session=session, student=student)
    recognition = Recognition(width=320, height=240, faces=faces, model="test")
    return RecognisedSnapshot(ref(session, student, **which), attendance, recognition)
