from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.history.rollups import roll_up
from classroom.domain.self_reports import lower_all_hands
from classroom.domain.signs_of_life import last_sign_of_life, silence
from classroom.infra import events
from classroom.models import ClassSession, Course, Reading, Stay


class SessionAlreadyRunning(Exception):
    """A course has one running session at a time; `session` is that one."""

    def __init__(self, session: ClassSession) -> None:
        super().__init__(f"“{session.topic}” is still running.")
        self.session = session


def start_session(*, course: Course, topic: str, now: datetime) -> ClassSession:
    """One that everybody has left is closed first. Raises SessionAlreadyRunning."""
    close_silent_sessions(now=now, course=course)
    try:
        with transaction.atomic():
            return ClassSession.objects.create(course=course, topic=topic, started_at=now)
    except IntegrityError as error:
        raise SessionAlreadyRunning(course.sessions.running().get()) from error


def end_session(*, session: ClassSession, now: datetime, closed_itself: bool = False) -> bool:
    """End the session, everyone's stay in it, tell the open pages and finish its roll-ups. False if it had ended
    before."""
    end = max(now, session.started_at)  # a clock that was set back
    with transaction.atomic():
        running = ClassSession.objects.running().filter(pk=session.pk)
        if not running.update(ended_at=end, closed_itself=closed_itself):
            return False
        Stay.objects.filter(attendance__session=session).end(end)
        lower_all_hands(session=session, now=end)
    events.publish_end(session.pk)
    evaluate_alerts(session=session, now=end)
    roll_up(session=session, now=end)
    return True


def close_silent_sessions(*, now: datetime, course: Course | None = None) -> int:
    """End the sessions, of one course or of all, in which nobody has been connected for SESSION_SILENCE_MINUTES, at
    the moment of the last sign of life. Returns how many. One query where there are none."""
    running = ClassSession.objects.running().filter(started_at__lte=now - silence())
    running = running.filter(course=course) if course else running
    return sum(_close_if_silent(session, now) for session in running)


def delete_old_sessions(*, before: datetime) -> int:
    """Delete the sessions that ended before then, with everything that was read and said in them. Returns how many."""
    sessions = list(ClassSession.objects.ended().filter(ended_at__lt=before))
    for session in sessions:
        with transaction.atomic():
            session.attendances.all().delete()
            readings: Any = Reading.objects.filter(session=session)
            # Nothing points at them any more; a plain delete would first load every one of them.
            readings._raw_delete(readings.db)
            session.delete()
    return len(sessions)


def _close_if_silent(session: ClassSession, now: datetime) -> bool:
    with transaction.atomic():
        # With the row locked nobody joins between this look and the end.
        locked = ClassSession.objects.running().select_for_update(no_key=True).filter(pk=session.pk).first()
        if locked is None:
            return False
        last = last_sign_of_life(locked)
        if now - last < silence():
            return False
        # Each was there until she was last heard of, not until the last one of all was.
        Stay.objects.filter(attendance__session=locked).end(now)
        return end_session(session=locked, now=last, closed_itself=True)
