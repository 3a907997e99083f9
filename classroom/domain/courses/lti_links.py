"""Courses of learning platforms (LTI contexts) and the courses here that they are linked to.

A platform's course may have several courses here, because a deep link names one; other launches open the first. A
launch gives a role only in a course that one of its teachers has linked to the platform's course.
"""

from django.db import transaction
from django.db.models import QuerySet
from lti_tool.models import LtiContext, LtiDeployment

from accounts.lti.pending import Launch
from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.domain.courses.joining import BlockedFromCourse, JoiningClosed, MayNotEnrol, RemovedFromCourse
from classroom.domain.courses.staff import add_assistant, add_teacher
from classroom.domain.permissions import CourseRole, may_have_role, may_teach, role_in
from classroom.models import ClassSession, Course, Enrolment, LtiCourse, Removal


class NoCourseRole(PermissionError):
    """The platform names no role that exists in courses here."""


class CourseIsArchived(PermissionError):
    """The course accepts no new staff."""


class NotTheTeacher(PermissionError):
    """Only a teacher of the course whom the platform also calls a teacher may link it."""


def course_of(launch: Launch) -> Course | None:
    """Return the course that the launch opens: the one its deep link names if that is linked, else the first linked
    one, or None."""
    linked = Course.objects.filter(lti_links__in=_links(launch), deletion_began_at=None)
    courses = linked.order_by("lti_links__pk")
    named = courses.filter(pk=launch.course).first() if launch.course else None
    return named or courses.first()


def session_of(launch: Launch, course: Course) -> ClassSession | None:
    """Return the session that the deep link names, if it belongs to the course."""
    return course.sessions.filter(pk=launch.session).first() if launch.session else None


def link_course(*, launch: Launch, course: Course, user: User) -> None:
    """Let the people of the launch's course into the course. Raises NotTheTeacher."""
    if launch.role != CourseRole.TEACHER or not may_teach(user, course):
        raise NotTheTeacher
    with transaction.atomic():
        context = remember_context(launch)
        _, is_new = LtiCourse.objects.get_or_create(context=context, course=course)
        if is_new:
            school = course.organisation_id
            record(Event.LTI_COURSE_LINKED, course=course.pk, organisation=school, platform=launch.platform)


def remember_context(launch: Launch) -> LtiContext:
    """Store the platform's course, or update its title and the URL of its roster."""
    context, _ = LtiContext.objects.update_or_create(
        deployment=LtiDeployment.objects.get(pk=launch.deployment),
        id_on_platform=launch.context_id,
        defaults={"title": launch.context_title, "memberships_url": launch.memberships_url},
    )
    return context


def unlink_course(*, link: LtiCourse) -> None:
    """Members stay. Deleting its last link also deletes the platform's course."""
    with transaction.atomic():
        school, platform = link.course.organisation_id, link.context.deployment.registration_id
        record(Event.LTI_COURSE_UNLINKED, course=link.course_id, organisation=school, platform=platform)
        link.delete()
        if not LtiCourse.objects.filter(context=link.context_id).exists():
            link.context.delete()


def enter_course(*, course: Course, user: User, role: str) -> CourseRole:
    """Give the user the role in the course, unless they have one there. Return the role that they have.

    Raises NoCourseRole, MayNotBeStaff, CourseIsArchived, or what `enrol_from_platform` raises.
    """
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if present := role_in(course, user):
            return present
        if role == CourseRole.STUDENT:
            enrol_from_platform(course=course, student=user)
        elif role in (CourseRole.TEACHER, CourseRole.ASSISTANT):
            _require_not_removed(course, user)
            if course.is_archived:
                raise CourseIsArchived
            add = add_teacher if role == CourseRole.TEACHER else add_assistant
            add(course=course, user=user)
        else:
            raise NoCourseRole
    return CourseRole(role)


def enrol_from_platform(*, course: Course, student: User) -> bool:
    """Enrol a student of the platform, without approval, because a teacher has linked the course. Return False if they
    have a role in the course.

    Raises MayNotEnrol, RemovedFromCourse, BlockedFromCourse or JoiningClosed.
    """
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if role_in(course, student):
            return False
        if not may_have_role(student, course):
            raise MayNotEnrol
        _require_not_removed(course, student)
        if not course.lets_students_in:
            raise JoiningClosed
        Enrolment.objects.create(course=course, student=student)
    return True


def _require_not_removed(course: Course, user: User) -> None:
    if removal := Removal.objects.filter(course=course, student=user).first():
        raise BlockedFromCourse if removal.blocked else RemovedFromCourse


def _links(launch: Launch) -> QuerySet[LtiCourse]:
    return LtiCourse.objects.filter(context__deployment=launch.deployment, context__id_on_platform=launch.context_id)
