"""The staff of a course: its teachers, who run it, and its assistants, who see its classes.

Receivers write each change to the security log, and close the sockets of those who leave.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.security_log.events import Event
from classroom.domain.permissions import CourseRole, HasOtherRole, may_have_role, require_no_other_role, role_in
from classroom.models import AssistantInvitation, Course, JoinRequest, Removal

# The events of adding and removing somebody, by the role's table.
STAFF_EVENTS: dict[Any, tuple[Event, Event]] = {
    Course.teachers.through: (Event.TEACHER_ADDED, Event.TEACHER_REMOVED),
    Course.assistants.through: (Event.ASSISTANT_ADDED, Event.ASSISTANT_REMOVED),
}
# Open invitations of one course.
MAX_INVITATIONS = 50


class MayNotBeStaff(PermissionError):
    """The account is deactivated or cannot have the role: only teachers' accounts teach, and neither administrators
    nor, in real courses, simulated people are staff."""


class LastTeacher(PermissionError):
    """A course keeps a teacher who can sign in."""


class TooManyInvitations(PermissionError):
    """The course has MAX_INVITATIONS open ones."""


def add_teacher(*, course: Course, user: User) -> bool:
    """Make the user a teacher of the course. Return False if they are one. Raises MayNotBeStaff or HasOtherRole."""
    if not user.is_teacher:
        raise MayNotBeStaff
    return _add(course, user, CourseRole.TEACHER)


def add_assistant(*, course: Course, user: User) -> bool:
    """Make the user an assistant of the course. Return False if they are one. Raises MayNotBeStaff or HasOtherRole."""
    return _add(course, user, CourseRole.ASSISTANT)


def remove_teacher(*, course: Course, user: User) -> bool:
    """Return False if they were not a teacher of the course. Raises LastTeacher."""
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
    """Return False if they were not an assistant of the course."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if not course.assistants.filter(pk=user.pk).exists():
            return False
        course.assistants.remove(user)
    return True


def invite_assistant(*, course: Course, email: str, now: datetime) -> None:
    """Ask the owner of an address to assist in the course. The result does not reveal whether the address has an
    account, except for members of the course, whom its teachers know. Raises HasOtherRole or TooManyInvitations.
    """
    email = email.lower()
    user = User.objects.with_address(email)
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if user and (role := role_in(course, user)):
            raise HasOtherRole(role)
        if not user or not user.is_active or not may_have_role(user, course):
            user = None
        others = course.assistant_invitations.open(now).exclude(email=email)
        if others.count() >= MAX_INVITATIONS:
            raise TooManyInvitations
        course.assistant_invitations.update_or_create(email=email, defaults={"invitee": user, "invited_at": now})


def withdraw_invitation(*, course: Course, invitation: int) -> str | None:
    """Return the address that was invited, or None if the invitation no longer exists."""
    found = course.assistant_invitations.filter(pk=invitation).first()
    if found is None or not course.assistant_invitations.filter(pk=invitation).delete()[0]:
        return None
    return found.email


def accept_invitation(*, course: Course, user: User, now: datetime) -> bool:
    """Make the user an assistant of a course that invited them. Return False if it no longer does. Raises MayNotBeStaff
    or HasOtherRole."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if course.is_archived or not course.assistant_invitations.open(now).filter(invitee=user).exists():
            return False
        add_assistant(course=course, user=user)
    return True


def delete_expired_invitations(*, now: datetime) -> int:
    """Delete the invitations to assist that nobody answered in time. Return how many there were."""
    return AssistantInvitation.objects.expired(now).delete()[0]


def decline_invitation(*, course: Course, user: User) -> None:
    course.assistant_invitations.filter(invitee=user).delete()


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
        AssistantInvitation.objects.filter(course=course, invitee=user).delete()
    return True
