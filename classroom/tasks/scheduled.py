"""Celery tasks that beat schedules. Without beat, pages do the first of them, a management command the second, and
sign-ins the others."""

from celery import shared_task
from django.utils import timezone

from accounts.expired_sessions import delete_expired_sessions
from accounts.security_log import delete_expired
from classroom.domain.history.rollups import roll_up_unfinished
from classroom.domain.sessions import close_idle_sessions, delete_sessions_past_retention


@shared_task(name="classroom.beat_tasks.close_silent", expires=300)
def close_silent() -> None:
    close_idle_sessions(now=timezone.now())


@shared_task(name="classroom.beat_tasks.finish_sums", expires=300)
def finish_sums() -> None:
    roll_up_unfinished(now=timezone.now())


# Years of readings may be deleted at once.
@shared_task(name="classroom.beat_tasks.delete_old", expires=3600, time_limit=3600)
def delete_old() -> None:
    delete_sessions_past_retention(now=timezone.now())


@shared_task(name="classroom.beat_tasks.delete_security_events", expires=3600)
def delete_security_events() -> None:
    delete_expired(now=timezone.now())


@shared_task(name="classroom.beat_tasks.clear_sessions", expires=3600)
def clear_sessions() -> None:
    delete_expired_sessions()
