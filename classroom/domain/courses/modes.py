"""How a course reads faces: not at all until a teacher has read the legal note, then by name or anonymously, and
optionally only from cut-out faces."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.domain.anonymity.publishing import start_publishing
from classroom.models import Course


class ClassIsRunning(Exception):
    """A course cannot switch between named and anonymous readings while a class runs."""


def turn_camera_on(*, course: Course, teacher: User, now: datetime, anonymous: bool = False) -> None:
    """Let the course read the faces of students who agree, by name or `anonymous`. `teacher` has confirmed the legal
    note. A running class becomes anonymous with its course and stays that way. Idempotent. Raises ClassIsRunning."""
    mode = Course.Mode.ANONYMOUS if anonymous else Course.Mode.CAMERA
    with transaction.atomic():
        # The lock keeps a class from starting in the old mode.
        stored, running = Course.objects.lock(course.pk), course.sessions.running()
        if stored.mode == mode:
            return
        if stored.reads_faces and running.exists():
            raise ClassIsRunning
        if anonymous:
            running.update(is_anonymous=True)
            for session in running:
                start_publishing(session=session, now=now)
        course.mode, course.camera_confirmed_by, course.camera_confirmed_at = mode, teacher, now
        course.save(update_fields=["mode", "camera_confirmed_by", "camera_confirmed_at"])
        record(Event.CAMERA_TURNED_ON, course=course.pk, organisation=course.organisation_id, mode=mode.value)


def turn_camera_off(*, course: Course) -> None:
    """Make the course use only answers. Cameras of a running class stop at once. Idempotent."""
    if not course.reads_faces:
        return
    course.mode = Course.Mode.ANSWERS
    with transaction.atomic():
        course.save(update_fields=["mode"])
        record(Event.CAMERA_TURNED_OFF, course=course.pk, organisation=course.organisation_id)


def set_faces_only(*, course: Course, on: bool) -> None:
    """Accept or refuse whole frames, also in a running class. The receivers log it. Idempotent."""
    if course.faces_only == on:
        return
    course.faces_only = on
    course.save(update_fields=["faces_only"])
