"""Access rules as named predicates and querysets, shared by views, API and sockets."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from classroom.models import Attendance, ClassSession, Course, Enrolment

# How the addresses of simulated people end. No real address does (RFC 2606).
SIMULATED_ADDRESS = "@simulation.invalid"


def may_administer(user: User) -> bool:
    """May manage people, courses and terms, but sees nobody's readings."""
    return user.is_administrator


def may_teach(user: User, course: Course) -> bool:
    """May start and end sessions, see the live class and its history. Not administrators: they manage courses only."""
    return user.is_teacher and course.teachers.filter(pk=user.pk).exists()


def sessions_taught(user: User) -> QuerySet[ClassSession]:
    """The sessions in all courses for which `may_teach` is true."""
    sessions = ClassSession.objects.filter(course__teachers=user)
    return sessions if user.is_teacher else sessions.none()


def sessions_open_to(user: User) -> QuerySet[ClassSession]:
    """The sessions whose page about themselves the student may open: those they `may_attend` and, even after they left
    the course, ended ones that they attended."""
    if not user.is_student:
        return ClassSession.objects.none()
    enrolled = Enrolment.objects.filter(student=user, course=OuterRef("course"))
    attended = Attendance.objects.filter(student=user, session=OuterRef("pk"))
    return ClassSession.objects.filter(Exists(enrolled) | Q(Exists(attended), ended_at__isnull=False))


def may_enrol(user: User, course: Course) -> bool:
    """Students may enrol; simulated ones, whose password a program knows, only in simulated courses."""
    return user.is_student and (course.simulated or not user.email.endswith(SIMULATED_ADDRESS))


def may_attend(user: User, session: ClassSession) -> bool:
    return user.is_student and session.course.enrolments.filter(student=user).exists()


def may_see_course(user: User, course: Course) -> bool:
    return may_teach(user, course) or (user.is_student and course.enrolments.filter(student=user).exists())


def may_see_own_history(user: User, course: Course) -> bool:
    """May see their own readings in the course; even after they left it, if a session they attended has ended."""
    if not user.is_student:
        return False
    return (
        course.enrolments.filter(student=user).exists()
        or ClassSession.objects.ended().attended_by(user).filter(course=course).exists()
    )
