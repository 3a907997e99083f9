"""Effects of account changes on classes: a new name on open dashboards, and what is deleted with the account."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from classroom.domain.courses.staff import MayNotBeStaff, add_teacher
from classroom.domain.permissions import HasOtherRole
from classroom.domain.personal_data.registry import erase_account
from classroom.domain.readings.record import count_readings
from classroom.domain.self_reports import count_self_reports
from classroom.infra import events
from classroom.models import ClassSession, Course


class StillNeeded(PermissionError):
    """Deleting the account would leave `courses` without a teacher, or the organisation without an administrator."""

    def __init__(self, courses: list[Course]) -> None:
        names = ", ".join(str(course) for course in courses)
        super().__init__(names or "Nobody else administers the organisation.")
        self.courses = courses


class NotATeacher(ValueError):
    """Only an active teacher who is not a student of the course can take over from another."""


@dataclass(frozen=True)
class HeldData:
    """How much is stored about a user. For anybody else, without what was read in anonymous classes."""

    courses: int
    classes: int
    readings: int
    responses: int
    alerts: int
    consents: int


def held_data(user: User, *, own: bool = False) -> HeldData:
    """`own`: for the user themselves."""
    return HeldData(
        courses=user.enrolments.count(),
        classes=user.attendances.count(),
        readings=count_readings(user) if own else user.readings.shown_to_staff().count(),
        responses=count_self_reports(user),
        alerts=user.alerts.count() if own else user.alerts.shown_to_staff().count(),
        consents=user.consents.count(),
    )


def show_new_name(user: User) -> None:
    """Make open dashboards reload their class."""
    running = ClassSession.objects.running().filter(course__enrolments__student=user)
    for session_id in running.values_list("pk", flat=True):
        events.publish_class_changed(session_id)


def why_still_needed(user: User, *, also_leaving: Collection[int] = ()) -> StillNeeded | None:
    """Return what depends on the account, assuming that those with ids in `also_leaving` are deleted with it."""
    active_others = User.objects.filter(is_active=True).exclude(pk__in=[user.pk, *also_leaving])
    administrators = active_others.filter(role=User.Role.ADMINISTRATOR, organisation=user.organisation_id)
    if user.is_administrator and not administrators.exists():
        return StillNeeded([])
    other_teachers = active_others.filter(courses_taught=OuterRef("pk")).exclude(role=User.Role.ADMINISTRATOR)
    courses = list(Course.objects.taught_by(user).exclude(Exists(other_teachers)))
    return StillNeeded(courses) if courses else None


def delete_account(user: User, *, now: datetime, successor: User | None = None) -> None:
    """Delete the account and everything about its user; receivers take care of the class's figures and of open sockets.
    A successor takes over the courses that have no other teacher.

    Raises StillNeeded or NotATeacher.
    """
    with transaction.atomic():
        require_not_needed(user, successor)
        erase_account(user, now=now)


def require_not_needed(user: User, successor: User | None) -> None:
    """Make sure that nothing depends on the account, in the transaction that ends it or changes its role.

    Raises StillNeeded or NotATeacher.
    """
    # The locks keep two teachers of a course, or two administrators, from leaving at the same moment.
    list(Course.objects.taught_by(user).select_for_update().order_by("pk"))
    if user.is_administrator:
        administrators = User.objects.in_organisation(user.organisation_id).filter(role=User.Role.ADMINISTRATOR)
        list(administrators.select_for_update(no_key=True).order_by("pk"))
    needed = why_still_needed(user)
    if needed is None:
        return
    if successor is None or not needed.courses:
        raise needed
    if successor.pk == user.pk:
        raise NotATeacher
    for course in needed.courses:
        course.assistants.remove(successor)
        try:
            add_teacher(course=course, user=successor)
        except (MayNotBeStaff, HasOtherRole):
            raise NotATeacher from None
