import unicodedata
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.domain.permissions import CourseRole, may_have_role, require_no_other_role
from classroom.models import ClassSession, Course, Enrolment, JoinRequest, Removal
from classroom.models.course import new_join_code


class UnknownJoinCode(LookupError):
    """No course has this join code."""


class MayNotEnrol(PermissionError):
    """Administrators do not enrol, and simulated people only in simulated courses."""


class OtherOrganisation(PermissionError):
    """The course and the student belong to different organisations."""


class RemovedFromCourse(PermissionError):
    """The student was removed from the course after its join code was made."""


class BlockedFromCourse(PermissionError):
    """The student was removed from the course, and no join code lets them in."""


class JoiningClosed(PermissionError):
    """The course takes no new students for now, or is archived."""


class JoinOutcome(StrEnum):
    ENROLLED = "enrolled"
    ALREADY_ENROLLED = "already_enrolled"
    REQUESTED = "requested"


def join_by_code(*, student: User, join_code: str, now: datetime) -> tuple[Course, JoinOutcome]:
    """Enrol the student in the course with the code, or ask its teachers to. Idempotent.

    Raises UnknownJoinCode, OtherOrganisation, MayNotEnrol, HasOtherRole, RemovedFromCourse, BlockedFromCourse or
    JoiningClosed.
    """
    if student.is_administrator:
        raise MayNotEnrol
    with transaction.atomic():
        course = _locked_course_with_code(join_code)
        if student.organisation_id != course.organisation_id:
            raise OtherOrganisation
        if not may_have_role(student, course):
            raise MayNotEnrol
        require_no_other_role(course, student, CourseRole.STUDENT)
        removal = Removal.objects.filter(course=course, student=student).first()
        if removal and removal.blocked:
            raise BlockedFromCourse
        if removal and removal.join_code == course.join_code:
            raise RemovedFromCourse
        is_enrolled = course.enrolments.filter(student=student).exists()
        if not is_enrolled and not course.lets_students_in:
            raise JoiningClosed
        if course.approves_joins and not is_enrolled:
            JoinRequest.objects.get_or_create(course=course, student=student, defaults={"requested_at": now})
            return course, JoinOutcome.REQUESTED
        _, is_new = Enrolment.objects.get_or_create(course=course, student=student)
        return course, JoinOutcome.ENROLLED if is_new else JoinOutcome.ALREADY_ENROLLED


def waiting_state(*, course_id: int, student: User) -> tuple[bool, int | None] | None:
    """Return whether the student is enrolled in the course and, if so, the id of its running session. Return None if
    they have not even asked to join. Pages call this every few seconds."""
    if student.is_administrator:
        return None
    if Enrolment.objects.filter(course=course_id, student=student).exists():
        running = ClassSession.objects.running().filter(course=course_id)
        return True, running.values_list("pk", flat=True).first()
    return (False, None) if JoinRequest.objects.filter(course=course_id, student=student).exists() else None


def change_join_code(*, course: Course) -> None:
    """Give the course a new join code; the old one, and links with it, stop working."""
    course.join_code = new_join_code()
    with transaction.atomic():
        course.save(update_fields=["join_code"])
        record(Event.JOIN_CODE_CHANGED, course=course.pk, organisation=course.organisation_id)


def switch_approval(*, course: Course, approves_joins: bool) -> None:
    """Choose whether teachers must approve each student who uses the join code."""
    if course.approves_joins == approves_joins:
        return
    course.approves_joins = approves_joins
    course.save(update_fields=["approves_joins"])


def switch_joining(*, course: Course, accepts_joins: bool) -> None:
    """Close the course to new students, or reopen it. Members stay, and the join code stays the same."""
    if course.accepts_joins == accepts_joins:
        return
    course.accepts_joins = accepts_joins
    course.save(update_fields=["accepts_joins"])


def course_with_code(join_code: str) -> Course:
    """Ignores case, spaces, dashes and other signs, and accepts other keyboards' forms of digits and letters.

    Raises UnknownJoinCode.
    """
    course = Course.objects.filter(join_code=_plain_code(join_code)).first()
    if course is None:
        raise UnknownJoinCode(join_code)
    return course


def _locked_course_with_code(join_code: str) -> Course:
    """Lock the course. Its code and approval may have changed while another change to its members held the lock.

    Raises UnknownJoinCode.
    """
    found = course_with_code(join_code)
    try:
        course = Course.objects.lock(found.pk)
    except Course.DoesNotExist:
        raise UnknownJoinCode(join_code) from None
    if course.join_code != found.join_code:
        raise UnknownJoinCode(join_code)
    return course


# Letters of Greek and Cyrillic keyboards that look like those of a code.
LOOK_ALIKES = str.maketrans("ΑΒΕΖΗΚΜΝΡΤΥΧАВЕКМНРСТУХ", "ABEZHKMNPTYXABEKMHPCTYX")


def _plain_code(typed: str) -> str:
    """Return the letters and digits as ASCII capitals, if they have such an equivalent."""
    # NFKC turns full-width characters into plain ones, but leaves the digits of other scripts.
    plain = unicodedata.normalize("NFKC", typed).upper().translate(LOOK_ALIKES)
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain if sign.isalnum())
