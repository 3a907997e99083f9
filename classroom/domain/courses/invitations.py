"""Invitations into courses: an administrator invites an address, and accepting adds the person to the course."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.invitations.lifecycle import AddressHasAccount, invite, send_invitation
from accounts.models import Invitation, User
from classroom.domain.courses.staff import MayNotBeStaff, add_teacher
from classroom.domain.permissions import HasOtherRole, may_enrol
from classroom.models import Course, Enrolment, InvitedCourse, Removal


class InviteOutcome(StrEnum):
    """The result of inviting one address."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    HAS_ACCOUNT = "has_account"
    DEACTIVATED = "deactivated"
    ELSEWHERE = "elsewhere"
    STUDENT_ACCOUNT = "student_account"
    ENROLLED = "enrolled"
    IN_COURSE = "in_course"
    OTHER_ROLE = "other_role"
    BLOCKED = "blocked"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Invited:
    email: str
    outcome: InviteOutcome
    user: User | None = None


def invite_person(
    *, email: str, role: str, language: str, course: Course | None, invited_by: User, now: datetime
) -> Invited:
    """Invite the address by mail, or if it has an account, add that to the course. This does not turn a student's
    account into a teacher's: administrators change roles on people's pages."""
    try:
        with transaction.atomic():
            invitation = invite(email=email, role=role, language=language, invited_by=invited_by, now=now)
            if course:
                InvitedCourse.objects.get_or_create(invitation=invitation, course=course)
    except AddressHasAccount as found:
        if found.user.organisation_id != invited_by.organisation_id:
            return Invited(email, InviteOutcome.ELSEWHERE)
        if not found.user.is_active:
            return Invited(email, InviteOutcome.DEACTIVATED, found.user)
        if role == Invitation.Role.TEACHER and found.user.is_student:
            return Invited(email, InviteOutcome.STUDENT_ACCOUNT, found.user)
        if course is None:
            return Invited(email, InviteOutcome.HAS_ACCOUNT, found.user)
        return Invited(email, add_to_course(course=course, user=found.user, role=role), found.user)
    sent = send_invitation(invitation=invitation, now=now)
    return Invited(email, InviteOutcome.SENT if sent else InviteOutcome.NOT_SENT)


def enrol_invited(*, invitation: Invitation, user: User) -> None:
    """Add the user to the courses of the invitation that they have just accepted."""
    for invited in invitation.courses.select_related("course"):
        add_to_course(course=invited.course, user=user, role=invitation.role)


def add_to_course(*, course: Course, user: User, role: str) -> InviteOutcome:
    """Make the user a student or a teacher of the course. A blocked person stays out until a teacher unblocks them."""
    if Course.objects.archived().filter(pk=course.pk).exists():  # since the invitation
        return InviteOutcome.ARCHIVED
    if role == Invitation.Role.TEACHER:
        try:
            return InviteOutcome.ENROLLED if add_teacher(course=course, user=user) else InviteOutcome.IN_COURSE
        except (MayNotBeStaff, HasOtherRole):
            return InviteOutcome.OTHER_ROLE
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if not may_enrol(user, course):
            return InviteOutcome.OTHER_ROLE
        if Removal.objects.filter(course=course, student=user, blocked=True).exists():
            return InviteOutcome.BLOCKED
        _, is_new = Enrolment.objects.get_or_create(course=course, student=user)
        return InviteOutcome.ENROLLED if is_new else InviteOutcome.IN_COURSE
