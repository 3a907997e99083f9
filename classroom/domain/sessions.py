from datetime import datetime

from django.db import IntegrityError, transaction

from classroom import events
from classroom.models import ClassSession, Course, Stay


class SessionAlreadyRunning(Exception):
    """A course has one running session at a time; `session` is that one."""

    def __init__(self, session: ClassSession) -> None:
        super().__init__(f"“{session.topic}” is still running.")
        self.session = session


def start_session(*, course: Course, topic: str, now: datetime) -> ClassSession:
    """Raises SessionAlreadyRunning."""
    try:
        with transaction.atomic():
            return ClassSession.objects.create(course=course, topic=topic, started_at=now)
    except IntegrityError as error:
        raise SessionAlreadyRunning(course.sessions.running().get()) from error


def end_session(*, session: ClassSession, now: datetime) -> bool:
    """End the session, everyone's stay in it, and tell the open pages. False if it had ended before."""
    with transaction.atomic():
        ended = ClassSession.objects.running().filter(pk=session.pk).update(ended_at=now)
        if not ended:
            return False
        Stay.objects.filter(attendance__session=session).end(now)
    events.publish_end(session.pk)
    return True
