"""How a course reads faces: not at all until a teacher has read the legal note, and then perhaps from cuts alone."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.models import Course


def turn_camera_on(*, course: Course, teacher: User, now: datetime) -> None:
    """Let the course read the faces of students who agree. `teacher` has confirmed the legal note. Idempotent."""
    if course.reads_faces:
        return
    course.mode, course.camera_confirmed_by, course.camera_confirmed_at = Course.Mode.CAMERA, teacher, now
    with transaction.atomic():
        course.save(update_fields=["mode", "camera_confirmed_by", "camera_confirmed_at"])
        record(Event.CAMERA_TURNED_ON, course=course.pk)


def turn_camera_off(*, course: Course) -> None:
    """Have the course run on answers alone; cameras of a running class stop at once. Idempotent."""
    if not course.reads_faces:
        return
    course.mode = Course.Mode.ANSWERS
    with transaction.atomic():
        course.save(update_fields=["mode"])
        record(Event.CAMERA_TURNED_OFF, course=course.pk)


def set_faces_only(*, course: Course, on: bool) -> None:
    """Accept or refuse whole frames, in a running class too. The receivers log it. Idempotent."""
    if course.faces_only == on:
        return
    course.faces_only = on
    course.save(update_fields=["faces_only"])
