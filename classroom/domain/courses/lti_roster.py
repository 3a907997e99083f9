"""The roster of a linked course from its platform (names and roles service): first a plan, then the changes."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from accounts.lti.messages import Member
from accounts.lti.people import NoNewAccount, create_account, may_sign_in, taken_addresses, why_no_new_account
from accounts.models import LtiAccount, User
from accounts.security_log.events import Event, record
from classroom.domain.courses.joining import BlockedFromCourse, JoiningClosed, MayNotEnrol, RemovedFromCourse
from classroom.domain.courses.lti_links import enrol_from_platform
from classroom.domain.permissions import CourseRole, may_have_role
from classroom.models import Course, LtiCourse


class RosterOutcome(StrEnum):
    ENROL = "enrol"
    NEW_ACCOUNT = "new_account"
    MEMBER = "member"
    REMOVED = "removed"
    STAFF = "staff"
    INACTIVE = "inactive"
    MAY_NOT = "may_not"
    NO_ACCOUNT = "no_account"
    CLOSED = "closed"


ADDED = (RosterOutcome.ENROL, RosterOutcome.NEW_ACCOUNT)


@dataclass(frozen=True)
class RosterRow:
    member: Member
    user: User | None
    outcome: RosterOutcome


@dataclass(frozen=True)
class Present:
    """The data that the plan compares the roster with: people by subject, the ids of members and of removed people, and
    the addresses of accounts."""

    course: Course
    users: dict[str, User]
    inside: set[int]
    removed: set[int]
    taken: set[str]


def plan_roster(*, link: LtiCourse, members: Collection[Member]) -> list[RosterRow]:
    """Say what adding the roster would do for each member. The number of queries does not grow with the members."""
    present = _present(link, members)
    rows = []
    for member in sorted(members, key=lambda each: (each.name.casefold(), each.subject)):
        outcome = _outcome(present, member)
        if outcome == RosterOutcome.NEW_ACCOUNT:
            present.taken.add(member.email)  # others may have the same
        rows.append(RosterRow(member, present.users.get(member.subject), outcome))
    return rows


def add_roster(*, link: LtiCourse, members: Collection[Member]) -> int:
    """Enrol those whom the plan would add, one by one. Return how many there were."""
    added = 0
    for row in plan_roster(link=link, members=members):
        if row.outcome not in ADDED:
            continue
        try:
            with transaction.atomic():  # nobody gets an account without joining
                added += enrol_from_platform(course=link.course, student=row.user or _new_user(link, row.member))
        except (BlockedFromCourse, JoiningClosed, MayNotEnrol, NoNewAccount, RemovedFromCourse):
            continue  # changed since the plan was made
    school = link.course.organisation_id
    record(Event.LTI_ROSTER_ENROLLED, course=link.course_id, organisation=school, students=added)
    return added


def _present(link: LtiCourse, members: Collection[Member]) -> Present:
    course, issuer = link.course, link.context.deployment.registration.issuer
    subjects = [member.subject for member in members]
    people = LtiAccount.objects.select_related("user").filter(organisation=course.organisation_id)
    linked = people.filter(issuer=issuer, subject__in=subjects)
    inside = {
        *course.enrolments.values_list("student", flat=True),
        *course.teachers.values_list("pk", flat=True),
        *course.assistants.values_list("pk", flat=True),
    }
    return Present(
        course=course,
        users={each.subject: each.user for each in linked},
        inside=inside,
        removed=set(course.removals.values_list("student", flat=True)),
        taken=taken_addresses(member.email for member in members),
    )


def _outcome(present: Present, member: Member) -> RosterOutcome:
    user = present.users.get(member.subject)
    if user and user.pk in present.inside:
        return RosterOutcome.MEMBER
    if not member.is_active:
        return RosterOutcome.INACTIVE
    if member.role != CourseRole.STUDENT:
        return RosterOutcome.STAFF
    if user is None:
        if why_no_new_account(role=member.role, email=member.email, taken=present.taken):
            return RosterOutcome.NO_ACCOUNT
    elif user.pk in present.removed:
        return RosterOutcome.REMOVED
    elif not may_sign_in(user, present.course.organisation_id) or not may_have_role(user, present.course):
        return RosterOutcome.MAY_NOT
    if not present.course.lets_students_in:
        return RosterOutcome.CLOSED
    return RosterOutcome.ENROL if user else RosterOutcome.NEW_ACCOUNT


def _new_user(link: LtiCourse, member: Member) -> User:
    """Raises NoNewAccount."""
    return create_account(
        organisation=link.course.organisation_id,
        issuer=link.context.deployment.registration.issuer,
        subject=member.subject,
        name=member.name,
        email=member.email,
        role=member.role,
    )
