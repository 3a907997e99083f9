"""Celery tasks that beat schedules. Without beat, pages do the first, a management command the second, and sign-ins the
last."""

from celery import shared_task
from django.utils import timezone

from classroom.domain.history.rollups import roll_up_unfinished
from classroom.domain.retention import purge_expired
from classroom.domain.sessions import close_idle_sessions
from classroom.infra.last_runs import RETENTION, record_run


@shared_task(name="classroom.beat_tasks.close_silent", expires=300)
def close_silent() -> None:
    close_idle_sessions(now=timezone.now())


@shared_task(name="classroom.beat_tasks.finish_sums", expires=300)
def finish_sums() -> None:
    roll_up_unfinished(now=timezone.now())


# Years of readings may be deleted at once.
@shared_task(name="classroom.beat_tasks.delete_old", expires=3600, time_limit=3600)
def delete_old() -> None:
    """Delete everything that has expired, as `manage.py purge_expired` does."""
    purge_expired(now=timezone.now())
    record_run(RETENTION, now=timezone.now())
