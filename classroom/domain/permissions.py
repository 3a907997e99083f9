"""Who may do what. Views, API and sockets all ask here."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from classroom.models import Attendance, ClassSession, Course, Enrolment


def may_teach(user: User, course: Course) -> bool:
    """Start and end sessions, see the live class and its history. Administrators manage courses but see no faces."""
    return user.is_teacher and course.teachers.filter(pk=user.pk).exists()


def sessions_taught(user: User) -> QuerySet[ClassSession]:
    """The sessions of whose courses `may_teach` is true."""
    sessions = ClassSession.objects.filter(course__teachers=user)
    return sessions if user.is_teacher else sessions.none()


def sessions_open_to(user: User) -> QuerySet[ClassSession]:
    """The sessions whose page about herself the student may open: those she `may_attend`; and, also after she has left
    the course, those she attended that are over."""
    if not user.is_student:
        return ClassSession.objects.none()
    enrolled = Enrolment.objects.filter(student=user, course=OuterRef("course"))
    came = Attendance.objects.filter(student=user, session=OuterRef("pk"))
    return ClassSession.objects.filter(Exists(enrolled) | Q(Exists(came), ended_at__isnull=False))


def may_attend(user: User, session: ClassSession) -> bool:
    return user.is_student and session.course.enrolments.filter(student=user).exists()


def may_see_course(user: User, course: Course) -> bool:
    return may_teach(user, course) or (user.is_student and course.enrolments.filter(student=user).exists())


def may_see_own_history(user: User, course: Course) -> bool:
    """See what was read from herself in the course; also after she has left it, if a session she attended is over."""
    if not user.is_student:
        return False
    return (
        course.enrolments.filter(student=user).exists()
        or ClassSession.objects.ended().attended_by(user).filter(course=course).exists()
    )
