"""Deletes what is left of courses whose deletion has begun: as a task, or embedded on a thread of its own, because a
year of readings takes longer than anybody waits for a page."""

import logging
import threading

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from classroom.domain.course_deletion import finish_deletions

logger = logging.getLogger(__name__)

_thread: threading.Thread | None = None


# Years of readings may go at once. Beat sends it as well, for what an interrupted one has left.
@shared_task(name="classroom.tasks.delete_courses", expires=3600, time_limit=3600)
def delete_courses() -> None:
    finish_deletions()


def start() -> None:
    """Delete in the background. If that fails, beat goes on, or, embedded, the next look at the overview."""
    global _thread
    if not settings.EMBEDDED:
        try:
            delete_courses.delay()
        except OperationalError as error:
            logger.warning("Could not send the deletion of a course, which beat sends again: %s", error)
        return
    _thread = threading.Thread(target=_run, args=(_thread,), name="course-deletion", daemon=True)
    _thread.start()


def wait_until_idle() -> None:
    if thread := _thread:
        thread.join()


def _run(previous: threading.Thread | None) -> None:
    if previous:
        previous.join()
    try:
        finish_deletions()
    except DatabaseError as error:
        logger.warning("Could not finish deleting a course: %s", error)
    finally:
        connection.close()
