"""Who may do what. Views, API and sockets all ask here."""

from django.db.models import QuerySet

from accounts.models import User
from classroom.models import ClassSession, Course


def may_teach(user: User, course: Course) -> bool:
    """Start and end sessions, see the live class and its history. Administrators manage courses but see no faces."""
    return user.is_teacher and course.teachers.filter(pk=user.pk).exists()


def sessions_taught(user: User) -> QuerySet[ClassSession]:
    """The sessions of whose courses `may_teach` is true."""
    sessions = ClassSession.objects.filter(course__teachers=user)
    return sessions if user.is_teacher else sessions.none()


def sessions_open_to(user: User) -> QuerySet[ClassSession]:
    """The sessions that the user `may_attend`."""
    sessions = ClassSession.objects.filter(course__enrolments__student=user)
    return sessions if user.is_student else sessions.none()


def may_attend(user: User, session: ClassSession) -> bool:
    return user.is_student and session.course.enrolments.filter(student=user).exists()


def may_see_course(user: User, course: Course) -> bool:
    return may_teach(user, course) or (user.is_student and course.enrolments.filter(student=user).exists())
