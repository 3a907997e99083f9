"""Joining, leaving and the camera's state. Each change is published to the teachers of the session."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import User
from classroom.domain.consent.consents import consent_in_class
from classroom.domain.self_reports import lower_hand
from classroom.domain.tiles import build_tile
from classroom.infra import events
from classroom.models import Attendance, ClassSession, Course, Stay
from classroom.models.attendance import HEARTBEAT_TIMEOUT, REJOIN_WITHIN

Camera = Attendance.Camera


class SessionEnded(Exception):
    """Nobody joins a session that has ended."""


class LeftByChoice(Exception):
    """The student has left the class, and only they can rejoin it."""


class NoCameraCourse(PermissionError):
    """The course uses only students' own answers; no camera can be switched on."""


class NoConsent(PermissionError):
    """The student has not consented to the text that applies in the class, or has withdrawn."""


def join_session(*, session: ClassSession, student: User, now: datetime) -> Stay:
    """Start a stay with the camera paused, or continue the last one if the student was away for at most REJOIN_WITHIN.
    An earlier connection of the same student no longer counts.

    Raises SessionEnded.
    """
    may_read = consent_in_class(student, session=session) or not session.course.reads_faces
    camera = Camera.PAUSED if may_read else Camera.NO_CONSENT
    with transaction.atomic():
        # The lock keeps the session from ending between this check and the stay.
        if not ClassSession.objects.running().select_for_update(no_key=True).filter(pk=session.pk).exists():
            raise SessionEnded
        attendance, _ = Attendance.objects.update_or_create(
            session=session, student=student, defaults={"camera": camera, "left": False, "changed_at": now}
        )
        attendance.stays.end(now)
        last = attendance.stays.filter(left_at__gte=now - REJOIN_WITHIN).last()
        stay = last or Stay(joined_at=now)
        stay.attendance, stay.last_seen_at, stay.left_at = attendance, now, None
        stay.connection += last is not None
        stay.save()
    _publish_tile(attendance, now)
    return stay


def set_camera(*, stay: Stay, on: bool, now: datetime) -> str:
    """Switch the student's camera on, or pause it. Returns the new state, `none` in a course without cameras.

    Raises NoConsent or NoCameraCourse when switching it on.
    """
    attendance = stay.attendance
    if not Course.objects.with_camera().filter(sessions=attendance.session_id).exists():
        _change_camera(attendance, Camera.PAUSED, now)
        if on:
            raise NoCameraCourse
        return "none"
    if not consent_in_class(attendance.student, session=attendance.session):
        _change_camera(attendance, Camera.NO_CONSENT, now)
        if on:
            raise NoConsent
        return Camera.NO_CONSENT
    camera = Camera.ON if on else Camera.PAUSED
    _change_camera(attendance, camera, now)
    return camera


def leave_session(*, stay: Stay, by_choice: bool, now: datetime) -> bool:
    """End the stay. Return False if it has already ended, for example because another device took over."""
    if not Stay.objects.held_by(stay).update(left_at=Greatest(F("joined_at"), now), last_seen_at=now):
        return False
    attendance = stay.attendance
    Attendance.objects.filter(pk=attendance.pk).update(left=by_choice, camera=Camera.PAUSED, changed_at=now)
    if by_choice:
        lower_hand(session=attendance.session, student=attendance.student, now=now)
    _publish_tile(attendance, now)
    return True


def record_heartbeat(*, stay: Stay, now: datetime) -> bool:
    """Note that the socket is alive. Return False if the stay has ended or another device has taken over."""
    if not Stay.objects.held_by(stay).update(last_seen_at=now):
        return False
    seemed_lost = now - stay.last_seen_at >= HEARTBEAT_TIMEOUT
    stay.last_seen_at = now
    if seemed_lost:
        _publish_tile(stay.attendance, now)
    return True


def attend_by_requests(*, session: ClassSession, student: User, now: datetime, joins: bool = False) -> Stay:
    """Record that the student's page is open although it has no socket: continue their open stay, or start one.

    Raises SessionEnded; LeftByChoice after they left, unless the request `joins`: one sent earlier may arrive late.
    """
    stays = Stay.objects.open(now).filter(attendance__session=session, attendance__student=student)
    stay = stays.select_related("attendance__session", "attendance__student").first()
    if stay is not None and record_heartbeat(stay=stay, now=now):
        return stay
    if not joins and Attendance.objects.filter(session=session, student=student, left=True).exists():
        raise LeftByChoice
    return join_session(session=session, student=student, now=now)


def _change_camera(attendance: Attendance, camera: str, now: datetime) -> None:
    changed = Attendance.objects.filter(pk=attendance.pk).exclude(camera=camera).update(camera=camera, changed_at=now)
    if changed and not attendance.session.is_anonymous:
        _publish_tile(attendance, now)


def _publish_tile(attendance: Attendance, now: datetime) -> None:
    fresh = Attendance.objects.select_related("student", "latest_reading", "session__course").get(pk=attendance.pk)
    is_present = fresh.stays.open(now).exists()
    events.publish_tiles(fresh.session_id, [build_tile(fresh, is_present=is_present, now=now)])
