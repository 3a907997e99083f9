"""Lists of courses, sessions and students for the pages that link to them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import OrganisationId, User
from classroom.models import AssistantInvitation, Attendance, ClassSession, Course, Enrolment
from classroom.models.course import CourseQuerySet


@dataclass(frozen=True)
class CourseCard:
    """A course with its running session. `students` and `sessions` (ended ones) are counted only for its staff.
    `is_taught` is False for assistants and students."""

    course: Course
    running: ClassSession | None
    students: int = 0
    sessions: int = 0
    is_taught: bool = False


def courses_attended(student: User) -> list[CourseCard]:
    courses = _with_running(Course.objects.current().attended_by(student))
    return [CourseCard(course, _running(course)) for course in courses]


def courses_archived(user: User) -> CourseQuerySet:
    """The archived courses that the user is in, whatever their role."""
    staffed, attended = Course.objects.staffed_by(user).values("pk"), Course.objects.attended_by(user).values("pk")
    archived = Course.objects.archived().filter(Q(pk__in=staffed) | Q(pk__in=attended))
    return archived.select_related("term")


def courses_left(student: User) -> QuerySet[Course]:
    """Courses that the student is no longer in, but has attended an ended session of."""
    attended = ClassSession.objects.ended().attended_by(student).values("course")
    courses = Course.objects.filter(pk__in=attended).exclude(enrolments__student=student)
    return courses.exclude(pk__in=Course.objects.staffed_by(student).values("pk"))


def courses_staffed(user: User) -> list[CourseCard]:
    """The courses that the user teaches or assists in."""
    taught = Course.objects.taught_by(user).filter(pk=OuterRef("pk"))
    courses: Any = _counted(Course.objects.current().staffed_by(user)).annotate(is_taught=Exists(taught))
    courses = _with_running(courses)
    return [CourseCard(each, _running(each), each.students, each.held, each.is_taught) for each in courses]


def all_courses(organisation: OrganisationId) -> CourseQuerySet:
    """Every course of the organisation with its term and teachers. `students` and `held` (ended sessions) are counted;
    `is_running` says whether a class is on."""
    running = Exists(ClassSession.objects.running().filter(course=OuterRef("pk")))
    courses = _counted(Course.objects.in_organisation(organisation)).annotate(is_running=running)
    return courses.select_related("term").prefetch_related("teachers")


def courses_open_to(user: User) -> CourseQuerySet:
    """The courses whose page the user may open in any role, like `all_courses`. `is_taught`, `is_assisted` and
    `is_attended` give the role. Administrators have none, and see all courses of their organisation."""
    own = Course.objects.filter(pk=OuterRef("pk"))
    courses = all_courses(user.organisation_id).annotate(
        is_taught=Exists(own.taught_by(user)),
        is_assisted=Exists(own.filter(assistants=user)),
        is_attended=Exists(own.attended_by(user)),
    )
    if user.is_administrator:
        return courses
    staffed, left = Course.objects.staffed_by(user).values("pk"), courses_left(user).values("pk")
    return courses.filter(Q(pk__in=staffed) | Q(is_attended=True) | Q(pk__in=left))


def attended_sessions(student: User) -> QuerySet[ClassSession]:
    """The ended sessions the student joined, newest first."""
    return ClassSession.objects.ended().attended_by(student).select_related("course")


def ended_sessions(course: Course) -> QuerySet[ClassSession]:
    """The ended sessions of the course, newest first; `attended` counts the students who joined."""
    return course.sessions.ended().annotate(attended=Count("attendances")).order_by("-started_at", "-pk")


def enrolled_students(course: Course) -> QuerySet[User]:
    return User.objects.filter(enrolments__course=course).order_by("sort_key", "pk")


def staff_of(course: Course) -> QuerySet[User]:
    """The course's teachers and assistants."""
    staff = User.objects.filter(Q(courses_taught=course) | Q(courses_assisted=course))
    return staff.order_by("sort_key", "pk").distinct()


def people_outside(course: Course) -> QuerySet[User]:
    """Candidates for staff of the course: people of its organisation who can sign in, are not administrators and not in
    it yet; teachers' accounts first."""
    people = (
        User.objects.in_organisation(course.organisation_id)
        .filter(is_active=True)
        .exclude(role=User.Role.ADMINISTRATOR)
    )
    for inside in (staff_of(course), enrolled_students(course)):
        people = people.exclude(pk__in=inside.order_by().values("pk"))
    return people.order_by("-role", "sort_key", "pk")


def courses_requested(student: User) -> QuerySet[Course]:
    """Courses whose teachers have not yet let the student in."""
    return Course.objects.current().filter(join_requests__student=student)


def courses_inviting(user: User, *, now: datetime) -> QuerySet[Course]:
    """Courses that have asked the user to assist and await an answer."""
    open_invitations = AssistantInvitation.objects.open(now).filter(invitee=user)
    return Course.objects.current().filter(pk__in=open_invitations.values("course"))


def current_and_past_students(course: Course) -> QuerySet[User]:
    """Everyone enrolled in the course or who ever joined one of its sessions."""
    enrolled = Enrolment.objects.filter(course=course).values("student")
    attended = Attendance.objects.filter(session__course=course).values("student")
    return User.objects.filter(Q(pk__in=enrolled) | Q(pk__in=attended))


def school_counts(organisation: OrganisationId) -> dict[str, int]:
    people = User.objects.in_organisation(organisation).filter(is_active=True)
    roles = dict(people.order_by().values_list("role").annotate(Count("pk")))
    sessions = ClassSession.objects.filter(course__organisation=organisation)
    return {
        "courses": Course.objects.in_organisation(organisation).count(),
        "teachers": roles.get(User.Role.TEACHER, 0),
        "students": roles.get(User.Role.STUDENT, 0),
        "sessions": sessions.ended().count(),
        "running": sessions.running().count(),
    }


@dataclass(frozen=True)
class NeedsAttention:
    """Counts of current courses that need an administrator: those without a teacher, and those whose term is over."""

    teacherless: int
    over: int


def needs_attention(organisation: OrganisationId, *, day: date) -> NeedsAttention:
    current = Course.objects.in_organisation(organisation).current()
    return NeedsAttention(current.without_teacher().count(), current.after_term(day=day).count())


def _counted(courses: CourseQuerySet) -> CourseQuerySet:
    """Annotate each course with the numbers of its `students` and of the sessions that were `held`."""
    rows = {
        "students": Enrolment.objects.filter(course=OuterRef("pk")),
        "held": ClassSession.objects.ended().filter(course=OuterRef("pk")),
    }
    # In separate queries: joining both tables would multiply their rows.
    counts = {
        name: Coalesce(Subquery(each.order_by().values("course").annotate(n=Count("pk")).values("n")), 0)
        for name, each in rows.items()
    }
    return courses.annotate(**counts)


def _with_running(courses: QuerySet[Course]) -> QuerySet[Course]:
    return courses.prefetch_related(Prefetch("sessions", ClassSession.objects.running(), to_attr="running_sessions"))


def _running(course: Course) -> ClassSession | None:
    return next(iter(course.running_sessions), None)  # type: ignore[attr-defined]  # set by the prefetch
