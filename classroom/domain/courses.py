from accounts.models import User
from classroom.models import Course, Enrolment


class UnknownJoinCode(LookupError):
    """No course has this join code."""


class NotAStudent(PermissionError):
    """Only students enrol."""


def enrol_by_code(*, student: User, join_code: str) -> tuple[Course, bool]:
    """Enrol the student in the course with the code, forgiving spaces, dashes and case. Idempotent.

    Returns the course and whether the enrolment is new. Raises UnknownJoinCode or NotAStudent.
    """
    if not student.is_student:
        raise NotAStudent
    course = course_with_code("".join(join_code.split()).replace("-", "").upper())
    _, is_new = Enrolment.objects.get_or_create(course=course, student=student)
    return course, is_new


def course_with_code(join_code: str) -> Course:
    """Raises UnknownJoinCode."""
    course = Course.objects.filter(join_code=join_code).first()
    if course is None:
        raise UnknownJoinCode(join_code)
    return course
