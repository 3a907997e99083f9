"""Class sessions: starting, renaming and ending them, closing them when nobody is connected, and deleting them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.models import OrganisationId
from accounts.security_log.events import Event, record
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.anonymity.publishing import publish_minutes
from classroom.domain.history.rollups import roll_up
from classroom.domain.self_reports import lower_all_hands
from classroom.domain.webhooks.messages import queue_session_ended, queue_session_started
from classroom.infra import events
from classroom.infra.missed_heartbeats import missed_since
from classroom.models import ClassSession, Course, Reading, Stay

# Holds SQLite's lock for half a second at most; others wait two seconds for it.
READINGS_PER_STEP = 10_000


class SessionAlreadyRunning(Exception):
    """A course has one running session at a time; `session` is that one."""

    def __init__(self, session: ClassSession) -> None:
        super().__init__(f"“{session.topic}” is still running.")
        self.session = session


class CourseIsArchived(Exception):
    """Nobody starts a class in an archived course."""


class SessionStillRunning(Exception):
    """Only a session that has ended can be deleted."""


def start_session(*, course: Course, topic: str, now: datetime) -> ClassSession:
    """Start a session, after closing an idle one of the same course. Without a topic, it is named after its day in the
    active time zone and language. Raises SessionAlreadyRunning or CourseIsArchived."""
    close_idle_sessions(now=now, course=course)
    topic = topic or _("Class on %(day)s") % {"day": date_format(localtime(now), "j F Y")}
    try:
        with transaction.atomic():
            locked = Course.objects.lock(course.pk)
            if locked.is_archived:
                raise CourseIsArchived
            session = ClassSession.objects.create(
                course=course, topic=topic, started_at=now, is_anonymous=locked.is_anonymous
            )
            queue_session_started(session)
            return session
    except IntegrityError as error:
        raise SessionAlreadyRunning(course.sessions.running().get()) from error


def rename_session(*, session: ClassSession, topic: str) -> None:
    """Change the topic, also on open pages."""
    session.topic = topic
    session.save(update_fields=["topic"])
    events.publish_course_changed(session.pk)


def end_session(*, session: ClassSession, now: datetime, closed_itself: bool = False) -> bool:
    """End the session and every stay in it, notify open pages and finish its roll-ups. Return False if it had already
    ended."""
    end = max(now, session.started_at)  # the clock may have been set back
    with transaction.atomic():
        running = ClassSession.objects.running().filter(pk=session.pk)
        if not running.update(ended_at=end, closed_itself=closed_itself):
            return False
        Stay.objects.filter(attendance__session=session).end(end)
        lower_all_hands(session=session, now=end)
        queue_session_ended(session, at=end)
    events.publish_end(session.pk)
    publish_minutes(session=session, now=end)
    evaluate_alerts(session=session, now=end)
    roll_up(session=session, now=end)
    return True


def idle_timeout() -> timedelta:
    """How long a session stays open while nobody is connected to it."""
    return timedelta(minutes=settings.SESSION_SILENCE_MINUTES)


def record_teacher_activity(*, session_id: int, now: datetime) -> None:
    """Note that a teacher's page is open. Only the cache holds this: a table would serve no other purpose."""
    cache.set(_teacher_key(session_id), now, (2 * idle_timeout()).total_seconds())


def last_activity(session: ClassSession) -> datetime:
    """When a student or a teacher was last known to be connected, or else the start of the session."""
    stays = Stay.objects.filter(attendance__session=session).aggregate(seen=Max("last_seen_at"), left=Max("left_at"))
    times = [session.started_at, stays["seen"], stays["left"], cache.get(_teacher_key(session.pk))]
    return max(time for time in times if time is not None)


def close_idle_sessions(*, now: datetime, course: Course | None = None) -> int:
    """End the sessions of one course, or of all, that have been idle for SESSION_SILENCE_MINUTES. Each ends at its last
    activity. Returns how many were closed; takes one query if there are none."""
    running = ClassSession.objects.running().filter(started_at__lte=now - idle_timeout())
    running = running.filter(course=course) if course else running
    return sum(_close_if_idle(session, now) for session in running)


def delete_old_sessions(*, before: datetime) -> int:
    """Delete the sessions that ended before then, with all their readings and answers. Returns how many."""
    return delete_each(ClassSession.objects.ended().filter(ended_at__lt=before).order_by("ended_at"))


def delete_each(sessions: QuerySet[ClassSession]) -> int:
    """Delete the sessions one by one. The audit log tells each school how many of its own were deleted, also when one
    cannot be deleted or the command is interrupted. Returns how many."""
    counts: Counter[OrganisationId] = Counter()
    try:
        for session in list(sessions.select_related("course")):
            delete_in_steps(session=session)
            counts[session.course.organisation_id] += 1
    finally:
        for organisation, count in counts.items():
            record(Event.EXPIRED_DELETED, organisation=organisation, sessions=count)
    return counts.total()


@dataclass(frozen=True)
class SessionContents:
    """How many rows a session has of what a teacher would miss. `hands` counts those raised, `alerts` those that fired.
    `readings` is None in an anonymous session, because they may all be one student's."""

    students: int
    readings: int | None
    answers: int
    hands: int
    markers: int
    alerts: int


def session_contents(session: ClassSession) -> SessionContents:
    return SessionContents(
        students=session.attendances.count(),
        readings=None if session.is_anonymous else session.readings.count(),
        answers=session.self_reports.count(),
        hands=session.raised_hands.count(),
        markers=session.markers.count(),
        alerts=session.alerts.shown_to_staff().count(),
    )


def delete_session(*, session: ClassSession) -> SessionContents:
    """Delete an ended session with everything recorded in it. Returns what that was. Raises SessionStillRunning."""
    if session.is_running:
        raise SessionStillRunning
    contents = session_contents(session)
    with transaction.atomic():
        record(
            Event.CLASS_DELETED,
            organisation=session.course.organisation_id,
            course=session.course_id,
            session=session.pk,
            students=contents.students,
            readings=contents.readings,
        )
        _delete(session)
    return contents


def delete_in_steps(*, session: ClassSession) -> None:
    """Delete an ended session that nobody is to see any more, in transactions short enough for other classes to write
    in between. An interrupted deletion can be repeated."""
    session.attendances.all().delete()
    readings = Reading.objects.filter(session=session).order_by("pk")
    while last := readings.values_list("pk", flat=True)[READINGS_PER_STEP : READINGS_PER_STEP + 1].first():
        _delete_readings(readings.filter(pk__lt=last))
    _delete(session)


def _delete(session: ClassSession) -> None:
    with transaction.atomic():
        session.attendances.all().delete()
        _delete_readings(Reading.objects.filter(session=session))
        session.delete()


def _delete_readings(readings: Any) -> None:
    """With the attendances gone, nothing refers to a reading, but a plain delete would still load every one first."""
    readings.order_by()._raw_delete(readings.db)


def _close_if_idle(session: ClassSession, now: datetime) -> bool:
    with transaction.atomic():
        # The row lock keeps students from joining between this check and the end.
        locked = ClassSession.objects.running().select_for_update(no_key=True).filter(pk=session.pk).first()
        if locked is None:
            return False
        if missed_since():
            return False  # those who are connected could not save it
        try:
            last = last_activity(locked)
        except RedisError:
            # A teacher's page may be open, unknown to us: closing late does no harm, closing a class in progress does.
            return False
        if now - last < idle_timeout():
            return False
        # Each stay ends at its own last heartbeat, not at the last one in the session.
        Stay.objects.filter(attendance__session=locked).end(now)
        return end_session(session=locked, now=last, closed_itself=True)


def _teacher_key(session_id: int) -> str:
    return f"teacher-seen:{session_id}"
