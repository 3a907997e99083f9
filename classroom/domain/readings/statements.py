"""The SQL of every batch of snapshots, compiled once for each batch size."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.db.models import BigIntegerField, Case, DateTimeField, Exists, OuterRef, Q, When
from django.utils import timezone

from accounts.models import User
from classroom.infra.compiled_sql import CompiledSelect, CompiledUpdate, Parameter
from classroom.models import Attendance, ClassSession, Course, CourseConsent
from classroom.snapshots import SnapshotRef


def find_attendances(refs: Sequence[SnapshotRef]) -> list[tuple[Attendance, bool]]:
    """Return the attendances of these students in these sessions, and whether each student has a consent in force
    there. An attendance has only the fields that the permission and the tile need."""
    values = {f"session{n}": ref.session_id for n, ref in enumerate(refs)}
    values |= {f"student{n}": ref.student_id for n, ref in enumerate(refs)}
    return [_attendance(*row) for row in _select_attendances(len(refs)).rows(now=timezone.now(), **values)]


def set_latest_readings(readings: dict[int, int]) -> int:
    """Set the latest reading of each attendance, by id, if the student may still be read. This checks find_readable's
    conditions again, which may have changed since. Return how many were set."""
    values = {f"attendance{n}": attendance for n, attendance in enumerate(readings)}
    values |= {f"reading{n}": reading for n, reading in enumerate(readings.values())}
    return _update_attendances(len(readings)).execute(now=timezone.now(), **values)


@cache
def _select_attendances(count: int) -> CompiledSelect:
    pairs = [Q(session=_id(f"session{n}"), student=_id(f"student{n}")) for n in range(count)]
    attendances = Attendance.objects.filter(Q(*pairs, _connector=Q.OR)).annotate(agrees=_agrees_in_class())
    return CompiledSelect(
        attendances.values_list(
            *("pk", "student_id", "student__display_name", "camera", "left", "changed_at", "session_id"),
            *("session__ended_at", "session__is_anonymous", "session__course__mode", "agrees"),
        )
    )


@cache
def _update_attendances(count: int) -> CompiledUpdate:
    ids = [(_id(f"attendance{n}"), _id(f"reading{n}")) for n in range(count)]
    still_readable = Attendance.objects.filter(
        _agrees_in_class(),
        pk__in=[attendance for attendance, _ in ids],
        camera=Attendance.Camera.ON,
        session__ended_at=None,
        session__course__in=Course.objects.with_camera(),
    )
    latest = Case(*(When(pk=attendance, then=reading) for attendance, reading in ids))
    return CompiledUpdate(still_readable, latest_reading=latest)


def _agrees_in_class() -> Exists:
    """Match attendances whose student has a consent in force in the session."""
    # The texts are looked up one query further inside.
    consents = CourseConsent.objects.in_force_in_class(
        OuterRef(OuterRef("session__started_at")),
        is_anonymous=OuterRef("session__is_anonymous"),
        now=Parameter("now", output_field=DateTimeField()),
    )
    return Exists(consents.filter(student=OuterRef("student"), course=OuterRef("session__course")))


def _id(name: str) -> Parameter:
    return Parameter(name, output_field=BigIntegerField())


def _attendance(
    pk: int,
    student_id: int,
    display_name: str,
    camera: str,
    left: bool,
    changed_at: datetime,
    session_id: int,
    ended_at: datetime | None,
    is_anonymous: bool,
    mode: str,
    agrees: bool,
) -> tuple[Attendance, bool]:
    session = ClassSession(pk=session_id, ended_at=ended_at, is_anonymous=is_anonymous, course=Course(mode=mode))
    student = User(pk=student_id, display_name=display_name)
    return Attendance(pk=pk, session=session, student=student, camera=camera, left=left, changed_at=changed_at), agrees
