"""Who may do what. Views, API and sockets all ask here."""

from accounts.models import User
from classroom.models import ClassSession, Course


def may_teach(user: User, course: Course) -> bool:
    """Start and end sessions, see the live class and its history. Administrators manage courses but see no faces."""
    return user.is_teacher and course.teachers.filter(pk=user.pk).exists()


def may_attend(user: User, session: ClassSession) -> bool:
    return user.is_student and session.course.enrolments.filter(student=user).exists()


def may_see_course(user: User, course: Course) -> bool:
    return may_teach(user, course) or (user.is_student and course.enrolments.filter(student=user).exists())
