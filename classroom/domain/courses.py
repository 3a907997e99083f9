from accounts.models import User
from classroom.models import Course, Enrolment


class UnknownJoinCode(LookupError):
    """No course has this join code."""


class NotAStudent(PermissionError):
    """Only students enrol."""


def enrol_by_code(*, student: User, join_code: str) -> tuple[Course, bool]:
    """Enrol the student in the course with the code, read as typed by a person. Twice is once.

    Returns the course and whether the enrolment is new. Raises UnknownJoinCode or NotAStudent.
    """
    if not student.is_student:
        raise NotAStudent
    code = "".join(join_code.split()).replace("-", "").upper()
    course = Course.objects.filter(join_code=code).first()
    if course is None:
        raise UnknownJoinCode(code)
    _, is_new = Enrolment.objects.get_or_create(course=course, student=student)
    return course, is_new
