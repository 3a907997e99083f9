"""Retention: how long classes and logs are kept, and the deletion of everything that has expired.

The school's RETENTION_DAYS holds for all courses; a course may keep its classes for less time. Beat, sign-ins
(embedded) and `manage.py purge_expired` delete by the same functions.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from accounts.api_tokens.lifecycle import useless_tokens
from accounts.browser_sessions.expiry import delete_expired_sessions
from accounts.invitations.lifecycle import delete_over_invitations, over_invitations
from accounts.models import OrganisationId, SecurityEvent
from accounts.security_log.events import Event, delete_expired, record
from classroom.domain.courses.staff import delete_expired_invitations
from classroom.domain.sessions import delete_expired_session
from classroom.domain.webhooks.deliveries import delete_old_deliveries, old_deliveries
from classroom.models import AssistantInvitation, ClassSession, Course, Reading

MAX_DAYS = 3650


class LongerThanSchool(ValueError):
    """A course cannot keep its classes for longer than the school."""


def retention_days(course: Course) -> int:
    """Return for how many days after its end a class of the course is kept; 0: for ever."""
    return _effective(course.retention_days)


def set_retention(*, course: Course, days: int | None) -> None:
    """Keep the classes of a course for so many days, or as long as the school does. The audit log has both values.

    Raises LongerThanSchool.
    """
    if days is not None and settings.RETENTION_DAYS and days > settings.RETENTION_DAYS:
        raise LongerThanSchool
    course.retention_days = days
    course.save(update_fields=["retention_days"])


def classes_past(course: Course, days: int | None, *, now: datetime) -> int:
    """Return how many classes of the course would be deleted if it kept them for so many days."""
    kept = _effective(days)
    return course.sessions.filter(ended_at__lt=now - timedelta(days=kept)).count() if kept else 0


def courses_with_own_retention(organisation: OrganisationId) -> int:
    return Course.objects.in_organisation(organisation).filter(retention_days__isnull=False).count()


def expired_sessions(*, now: datetime) -> QuerySet[ClassSession]:
    """Return the ended sessions that have expired, oldest first; never a running one."""
    chosen = set(Course.objects.order_by().values_list("retention_days", flat=True).distinct())
    periods = [(days, _effective(days)) for days in chosen]
    expired = [
        Q(course__retention_days=days, ended_at__lt=now - timedelta(days=kept))
        if days is not None
        else Q(course__retention_days__isnull=True, ended_at__lt=now - timedelta(days=kept))
        for days, kept in periods
        if kept
    ]
    sessions = ClassSession.objects.ended().order_by("ended_at", "pk")
    return sessions.filter(reduce(or_, expired)) if expired else sessions.none()


def delete_sessions_past_retention(*, now: datetime, limit: int | None = None) -> int:
    """Delete the expired sessions with all that was recorded in them, or only so many of the oldest. Return how
    many."""
    counts: Counter[OrganisationId] = Counter()
    for session in expired_sessions(now=now).select_related("course")[:limit]:
        delete_expired_session(session)
        counts[session.course.organisation_id] += 1
    for organisation, count in counts.items():
        record(Event.EXPIRED_DELETED, organisation=organisation, sessions=count)
    return counts.total()


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


PURGES = (
    Purge(
        "classes",
        lambda now: expired_sessions(now=now).count(),
        lambda now: delete_sessions_past_retention(now=now),
    ),
    Purge("security events", _due_events, lambda now: delete_expired(now=now)),
    Purge("expired sign-ins", lambda now: Session.objects.filter(expire_date__lt=now).count(), _delete_sign_ins),
    Purge(
        "invitations",
        lambda now: over_invitations(now=now).count(),
        lambda now: delete_over_invitations(now=now),
    ),
    Purge(
        "invitations to assist",
        lambda now: AssistantInvitation.objects.expired(now).count(),
        lambda now: delete_expired_invitations(now=now),
    ),
    Purge(
        "API tokens",
        lambda now: useless_tokens(now=now).count(),
        lambda now: useless_tokens(now=now).delete()[0],
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


def _effective(days: int | None) -> int:
    school = settings.RETENTION_DAYS
    if days is None:
        return school
    return min(days, school) if school else days
