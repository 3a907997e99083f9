"""Retention: how long classes and logs are kept, and the deletion of everything that has expired.

RETENTION_DAYS applies to all schools. A school may keep its classes for less time, and a course for less than its
school. Beat, sign-ins (embedded) and `manage.py purge_expired` delete by the same functions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.api_tokens.lifecycle import obsolete_tokens
from accounts.browser_sessions.expiry import delete_expired_sessions
from accounts.invitations.lifecycle import delete_obsolete_invitations, obsolete_invitations
from accounts.models import Organisation, OrganisationId, SecurityEvent
from accounts.security_log.events import Event, delete_expired, record
from classroom.domain.courses.membership import obsolete_past_enrolments
from classroom.domain.courses.staff import delete_expired_invitations
from classroom.domain.sessions import delete_each
from classroom.domain.webhooks.deliveries import delete_old_deliveries, old_deliveries
from classroom.models import AssistantInvitation, ClassSession, Course, Reading


class LongerThanSchool(ValueError):
    """A course cannot keep its classes for longer than the school."""


class LongerThanServer(ValueError):
    """A school cannot keep its classes for longer than RETENTION_DAYS."""


def school_retention_days(organisation: Organisation) -> int:
    """Return how many days after its end a class of the school is kept, unless its course keeps it less long; 0:
    forever."""
    return _shortest(organisation.retention_days, settings.RETENTION_DAYS)


def retention_days(course: Course) -> int:
    """Return how many days after its end a class of the course is kept; 0: forever."""
    return _shortest(course.retention_days, school_retention_days(course.organisation))


def set_school_retention(*, organisation: Organisation, days: int | None) -> None:
    """Keep the classes of a school for this many days, or for RETENTION_DAYS. The audit log gets both values.

    Raises LongerThanServer.
    """
    if days is not None and settings.RETENTION_DAYS and days > settings.RETENTION_DAYS:
        raise LongerThanServer
    with transaction.atomic():
        stored = Organisation.objects.select_for_update().get(pk=organisation.pk)
        old, stored.retention_days = stored.retention_days, days
        if old != days:
            stored.save(update_fields=["retention_days"])
            changes = {"retention_days": [old, days]}
            record(Event.SCHOOL_CHANGED, organisation=stored.pk, changes=changes)


def set_retention(*, course: Course, days: int | None) -> None:
    """Keep the classes of a course for this many days, or as long as the school does. The audit log gets both values.

    Raises LongerThanSchool.
    """
    longest = school_retention_days(course.organisation)
    if days is not None and longest and days > longest:
        raise LongerThanSchool
    course.retention_days = days
    course.save(update_fields=["retention_days"])


def expiring_count(course: Course, days: int | None, *, now: datetime) -> int:
    """Return how many classes of the course would be deleted if it kept them for this many days."""
    kept = _shortest(days, school_retention_days(course.organisation))
    return course.sessions.filter(ended_at__lt=now - timedelta(days=kept)).count() if kept else 0


def school_expiring_count(organisation: Organisation, days: int | None, *, now: datetime) -> int:
    """Return how many classes would be deleted if the school kept them for this many days."""
    courses = Course.objects.in_organisation(organisation.pk).order_by()
    own = courses.values_list("retention_days", flat=True).distinct()
    periods = [({"retention_days": each}, _shortest(each, days, settings.RETENTION_DAYS)) for each in own]
    sessions = ClassSession.objects.ended().filter(course__organisation=organisation)
    return sessions.filter(_past(periods, now=now)).count()


def courses_with_own_retention(organisation: OrganisationId) -> int:
    return Course.objects.in_organisation(organisation).filter(retention_days__isnull=False).count()


def expired_sessions(*, now: datetime) -> QuerySet[ClassSession]:
    """Return the ended sessions that have expired, oldest first; never a running one."""
    fields = "retention_days", "organisation__retention_days"
    chosen = Course.objects.order_by().values(*fields).distinct()
    periods = [(each, _shortest(*each.values(), settings.RETENTION_DAYS)) for each in chosen]
    return ClassSession.objects.ended().filter(_past(periods, now=now)).order_by("ended_at", "pk")


def delete_sessions_past_retention(*, now: datetime, limit: int | None = None) -> int:
    """Delete the expired sessions, or only this many of the oldest, with everything recorded in them. Return how
    many."""
    return delete_each(expired_sessions(now=now)[:limit])


@dataclass(frozen=True)
class Purge:
    """One kind of rows that expire: `due` counts them, `delete` deletes them and returns how many there were."""

    name: str
    due: Callable[[datetime], int]
    delete: Callable[[datetime], int]


def _due_events(now: datetime) -> int:
    days = settings.SECURITY_LOG_DAYS
    return SecurityEvent.objects.older_than(now - timedelta(days=days)).count() if days else 0


def _delete_sign_ins(now: datetime) -> int:
    due = Session.objects.filter(expire_date__lt=now).count()
    delete_expired_sessions()
    return due


CLASSES, SIGN_INS = "classes", "expired sign-ins"
PURGES = (
    Purge(
        CLASSES,
        lambda now: expired_sessions(now=now).count(),
        lambda now: delete_sessions_past_retention(now=now),
    ),
    # After the classes, which they are kept for.
    Purge(
        "past enrolments",
        lambda now: obsolete_past_enrolments().count(),
        lambda now: obsolete_past_enrolments().delete()[0],
    ),
    Purge("security events", _due_events, lambda now: delete_expired(now=now)),
    Purge(SIGN_INS, lambda now: Session.objects.filter(expire_date__lt=now).count(), _delete_sign_ins),
    Purge(
        "invitations",
        lambda now: obsolete_invitations(now=now).count(),
        lambda now: delete_obsolete_invitations(now=now),
    ),
    Purge(
        "invitations to assist",
        lambda now: AssistantInvitation.objects.expired(now).count(),
        lambda now: delete_expired_invitations(now=now),
    ),
    Purge(
        "API tokens",
        lambda now: obsolete_tokens(now=now).count(),
        lambda now: obsolete_tokens(now=now).delete()[0],
    ),
    Purge(
        "webhook deliveries",
        lambda now: old_deliveries(now=now).count(),
        lambda now: delete_old_deliveries(now=now),
    ),
)


def due_readings(*, now: datetime) -> int:
    """Return how many readings are deleted with the expired sessions."""
    return Reading.objects.filter(session__in=expired_sessions(now=now).order_by().values("pk")).count()


def purge_expired(*, now: datetime) -> dict[str, int]:
    """Delete everything that has expired. Return how many rows of each kind there were."""
    return {purge.name: purge.delete(now) for purge in PURGES}


def purge_at_sign_in(*, now: datetime) -> None:
    """Delete what has expired, quickly: at most one class, and no sign-ins, which accounts/receivers.py deletes."""
    delete_sessions_past_retention(now=now, limit=1)
    for purge in PURGES:
        if purge.name not in (CLASSES, SIGN_INS):
            purge.delete(now)


def _shortest(*limits: int | None) -> int:
    """Return the shortest of the set limits in days, or 0."""
    return min(filter(None, limits), default=0)


def _past(periods: Iterable[tuple[dict[str, Any], int]], *, now: datetime) -> Q:
    """Match the sessions that ended at least this many days ago, in the courses with these values; none for 0."""
    expired = [
        Q(**{f"course__{name}": value for name, value in courses.items()}, ended_at__lt=now - timedelta(days=days))
        for courses, days in periods
        if days
    ]
    return reduce(or_, expired, Q(pk__in=[]))
