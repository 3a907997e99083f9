import unicodedata
from datetime import datetime

from accounts.models import User
from classroom.domain.permissions import may_enrol
from classroom.models import Course, Enrolment, Removal


class UnknownJoinCode(LookupError):
    """No course has this join code."""


class NotAStudent(PermissionError):
    """Only students enrol, and simulated ones only in simulated courses."""


class RemovedFromCourse(PermissionError):
    """The student was removed from the course since its join code was made."""


def record_removal(*, course: Course, student: User, now: datetime) -> None:
    """Keep a student who was removed from coming back with the present join code. Enrolling them again, or a new code,
    lets them in."""
    fields = {"join_code": course.join_code, "removed_at": now}
    Removal.objects.update_or_create(course=course, student=student, defaults=fields)


def enrol_by_code(*, student: User, join_code: str) -> tuple[Course, bool]:
    """Enrol the student in the course with the code. Idempotent.

    Returns the course and whether the enrolment is new. Raises UnknownJoinCode, NotAStudent or RemovedFromCourse.
    """
    if not student.is_student:
        raise NotAStudent
    course = course_with_code(join_code)
    if not may_enrol(student, course):
        raise NotAStudent
    was_removed = Removal.objects.filter(course=course, student=student, join_code=course.join_code)
    if was_removed.exists():
        raise RemovedFromCourse
    _, is_new = Enrolment.objects.get_or_create(course=course, student=student)
    return course, is_new


def course_with_code(join_code: str) -> Course:
    """Forgives case, spaces, dashes and other signs, and another keyboard's forms of digits and letters.

    Raises UnknownJoinCode.
    """
    course = Course.objects.filter(join_code=_plain_code(join_code)).first()
    if course is None:
        raise UnknownJoinCode(join_code)
    return course


# Letters of Greek and Cyrillic keyboards that look like those of a code.
LOOK_ALIKES = str.maketrans("ΑΒΕΖΗΚΜΝΡΤΥΧАВЕКМНРСТУХ", "ABEZHKMNPTYXABEKMHPCTYX")


def _plain_code(typed: str) -> str:
    """Return the letters and digits in capitals and ASCII, as far as they have an equivalent there."""
    # NFKC turns full-width characters into plain ones, but leaves the digits of other scripts.
    plain = unicodedata.normalize("NFKC", typed).upper().translate(LOOK_ALIKES)
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain if sign.isalnum())
