"""Access rules as named predicates and querysets, shared by views, API and sockets.

A person's role in a course decides what they may do there. Their account's role only decides which roles they can get:
only teachers' accounts can teach. Administrators manage their organisation's courses but have no role in any. Nobody
has a role in another organisation's course, and so nobody sees one (docs/adr/0035).
"""

from enum import StrEnum

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation, User
from classroom.models import Attendance, ClassSession, Course, Enrolment

# The end of simulated people's addresses. No real address ends with it (RFC 2606).
SIMULATED_ADDRESS = "@simulation.invalid"


class CourseRole(StrEnum):
    TEACHER = "teacher"
    ASSISTANT = "assistant"
    STUDENT = "student"


class HasOtherRole(PermissionError):
    """The person already has another role in the course, `role`; nobody has two."""

    def __init__(self, role: CourseRole) -> None:
        super().__init__(f"They are already a {role} of the course.")
        self.role = role


def role_in(course: Course, user: User) -> CourseRole | None:
    """Return the user's stored role, even that of an account that may not use it."""
    if course.teachers.filter(pk=user.pk).exists():
        return CourseRole.TEACHER
    if course.assistants.filter(pk=user.pk).exists():
        return CourseRole.ASSISTANT
    return CourseRole.STUDENT if course.enrolments.filter(student=user).exists() else None


def require_no_other_role(course: Course, user: User, role: CourseRole) -> None:
    """Raises HasOtherRole. Every function that gives somebody a role calls this while the course is locked."""
    present = role_in(course, user)
    if present not in (None, role):
        raise HasOtherRole(present)


def may_have_role(user: User, course: Course) -> bool:
    """Administrators have no role in courses, and nobody has one in another organisation's. Simulated people, whose
    password a program knows, have roles only in simulated courses."""
    if user.is_administrator or user.organisation_id != course.organisation_id:
        return False
    return course.simulated or not user.email.endswith(SIMULATED_ADDRESS)


def may_administer(user: User) -> bool:
    """May manage people, courses and terms of their organisation, but sees nobody's readings."""
    return user.is_administrator


def may_administer_course(user: User, course: Course) -> bool:
    return may_administer(user) and user.organisation_id == course.organisation_id


def may_change_account(administrator: User, user: User) -> bool:
    """May change, merge and delete the account and let somebody choose its password. Only superusers may do so with a
    superuser's account, because its password gives access to every organisation."""
    is_own_school = user.organisation_id == administrator.organisation_id
    return may_administer(administrator) and is_own_school and (administrator.is_superuser or not user.is_superuser)


def may_run_server(user: User) -> bool:
    """May see how the server works and register learning platforms, for all organisations together: superusers, and all
    administrators if there is only one organisation."""
    return user.is_superuser or (may_administer(user) and Organisation.objects.count() == 1)


def may_enrol(user: User, course: Course) -> bool:
    """May be a student of the course: may have a role in it and has no other role."""
    return may_have_role(user, course) and role_in(course, user) in (None, CourseRole.STUDENT)


def may_create_courses(user: User) -> bool:
    """May create their own courses: real teachers, if the school lets them. Administrators do so on their own pages."""
    own = Course(organisation_id=user.organisation_id)
    return user.is_teacher and may_have_role(user, own) and settings.TEACHERS_CREATE_COURSES


def may_teach(user: User, course: Course) -> bool:
    """May start, rename, end and delete sessions, change the course's settings and its members; and all that
    `may_watch` allows."""
    return not user.is_administrator and course.teachers.filter(pk=user.pk).exists()


def may_set_retention(user: User, course: Course) -> bool:
    """May choose how long the course keeps its classes: its teachers and administrators."""
    return may_administer_course(user, course) or may_teach(user, course)


def may_watch(user: User, course: Course) -> bool:
    """May see the live class, its reports and their files, acknowledge alerts, lower hands and set markers: the
    course's teachers and assistants."""
    return not user.is_administrator and Course.objects.staffed_by(user).filter(pk=course.pk).exists()


def sessions_taught(user: User) -> QuerySet[ClassSession]:
    """The sessions in all courses for which `may_teach` is true."""
    sessions = ClassSession.objects.filter(course__teachers=user)
    return sessions.none() if user.is_administrator else sessions


def sessions_watched(user: User) -> QuerySet[ClassSession]:
    """The sessions in all courses for which `may_watch` is true."""
    sessions = ClassSession.objects.filter(course__in=Course.objects.staffed_by(user))
    return sessions.none() if user.is_administrator else sessions


def sessions_open_to(user: User) -> QuerySet[ClassSession]:
    """The sessions in which the student may open the page about themselves: those they `may_attend` and, even after
    they left the course, ended ones that they attended."""
    if user.is_administrator:
        return ClassSession.objects.none()
    enrolled = Enrolment.objects.filter(student=user, course=OuterRef("course"))
    attended = Attendance.objects.filter(student=user, session=OuterRef("pk"))
    return ClassSession.objects.filter(Exists(enrolled) | Q(Exists(attended), ended_at__isnull=False))


def sessions_visible_to(user: User) -> QuerySet[ClassSession]:
    """The sessions that the user watches, and those that are open to them as a student."""
    watched, open_to = sessions_watched(user).values("pk"), sessions_open_to(user).values("pk")
    return ClassSession.objects.filter(Q(pk__in=watched) | Q(pk__in=open_to))


def may_attend(user: User, session: ClassSession) -> bool:
    return is_enrolled(user, session.course)


def is_enrolled(user: User, course: Course) -> bool:
    return not user.is_administrator and course.enrolments.filter(student=user).exists()


def may_see_course(user: User, course: Course) -> bool:
    return may_watch(user, course) or is_enrolled(user, course)


def may_see_own_history(user: User, course: Course) -> bool:
    """May see their own readings in the course; even after they left it, if a session they attended has ended."""
    if user.is_administrator:
        return False
    return (
        course.enrolments.filter(student=user).exists()
        or ClassSession.objects.ended().attended_by(user).filter(course=course).exists()
    )


def has_student_pages(user: User) -> bool:
    """Return whether the user needs the pages about being a student, such as readings and consent: students' accounts,
    and others who are or were in a course as a student."""
    return user.is_student or user.enrolments.exists() or user.attendances.exists() or user.join_requests.exists()
