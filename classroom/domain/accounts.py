"""Effects of an account's changes on classes: a new name on open dashboards, and what is deleted with the account."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from classroom.domain.personal_data.registry import erase_account
from classroom.domain.readings.record import count_readings
from classroom.domain.self_reports import count_self_reports
from classroom.infra import events
from classroom.models import ClassSession, Course


class StillNeeded(PermissionError):
    """Deleting the account would leave `courses` without a teacher, or the site without an administrator."""

    def __init__(self, courses: list[Course]) -> None:
        super().__init__("Others depend on the account.")
        self.courses = courses


@dataclass(frozen=True)
class HeldData:
    """How much is stored about a user."""

    courses: int
    classes: int
    readings: int
    responses: int
    alerts: int
    consents: int


def held_data(user: User) -> HeldData:
    return HeldData(
        courses=user.enrolments.count(),
        classes=user.attendances.count(),
        readings=count_readings(user),
        responses=count_self_reports(user),
        alerts=user.alerts.count(),
        consents=user.consents.count(),
    )


def show_new_name(user: User) -> None:
    """Have open dashboards load their class again."""
    running = ClassSession.objects.running().filter(course__enrolments__student=user)
    for session_id in running.values_list("pk", flat=True):
        events.publish_class_changed(session_id)


def why_still_needed(user: User) -> StillNeeded | None:
    active_others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if user.is_administrator and not active_others.filter(role=User.Role.ADMINISTRATOR).exists():
        return StillNeeded([])
    other_teachers = active_others.filter(courses_taught=OuterRef("pk")).exclude(role=User.Role.ADMINISTRATOR)
    courses = list(Course.objects.taught_by(user).exclude(Exists(other_teachers)))
    return StillNeeded(courses) if courses else None


def delete_account(user: User, *, now: datetime) -> None:
    """Delete the account and everything about its user; receivers take care of the class's figures and of open sockets.

    Raises StillNeeded.
    """
    with transaction.atomic():
        # The locks keep two teachers of a course, or two administrators, from leaving at the same moment.
        list(Course.objects.taught_by(user).select_for_update().order_by("pk"))
        if user.is_administrator:
            list(User.objects.filter(role=User.Role.ADMINISTRATOR).select_for_update(no_key=True).order_by("pk"))
        if needed := why_still_needed(user):
            raise needed
        erase_account(user, now=now)
