"""The staff of a course: its teachers, who run it, and its assistants, who see its classes.

Receivers write each change to the security log, and close the sockets of those who leave.
"""

from django.db import transaction

from accounts.models import User
from classroom.domain.permissions import CourseRole, may_have_role, require_no_other_role
from classroom.models import Course, JoinRequest, Removal


class MayNotBeStaff(PermissionError):
    """The account is closed, or of a kind that cannot have the role: only teachers' accounts teach, and neither
    administrators nor, in real courses, simulated people are staff."""


class LastTeacher(PermissionError):
    """A course keeps a teacher who can sign in."""


def add_teacher(*, course: Course, user: User) -> bool:
    """Make the user a teacher of the course. False if they are one. Raises MayNotBeStaff or HasOtherRole."""
    if not user.is_teacher:
        raise MayNotBeStaff
    return _add(course, user, CourseRole.TEACHER)


def add_assistant(*, course: Course, user: User) -> bool:
    """Make the user an assistant of the course. False if they are one. Raises MayNotBeStaff or HasOtherRole."""
    return _add(course, user, CourseRole.ASSISTANT)


def remove_teacher(*, course: Course, user: User) -> bool:
    """False if they were not a teacher of the course. Raises LastTeacher."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if not course.teachers.filter(pk=user.pk).exists():
            return False
        others = course.teachers.filter(is_active=True).exclude(pk=user.pk).exclude(role=User.Role.ADMINISTRATOR)
        if not others.exists():
            raise LastTeacher
        course.teachers.remove(user)
    return True


def remove_assistant(*, course: Course, user: User) -> bool:
    """False if they were not an assistant of the course."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if not course.assistants.filter(pk=user.pk).exists():
            return False
        course.assistants.remove(user)
    return True


def _add(course: Course, user: User, role: CourseRole) -> bool:
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if not user.is_active or not may_have_role(user, course):
            raise MayNotBeStaff
        require_no_other_role(course, user, role)
        people = course.teachers if role is CourseRole.TEACHER else course.assistants
        if people.filter(pk=user.pk).exists():
            return False
        people.add(user)
        # Approving a request or lifting a removal would give them a second role.
        JoinRequest.objects.filter(course=course, student=user).delete()
        Removal.objects.filter(course=course, student=user).delete()
    return True
