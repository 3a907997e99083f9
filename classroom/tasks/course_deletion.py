"""Finishes the deletion of courses in a task, or embedded in a thread, because a year of readings takes too long for a
request."""

import logging
import threading

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from classroom.domain.courses.deletion import finish_deletions

logger = logging.getLogger(__name__)

_thread: threading.Thread | None = None


# A course may have years of readings. Beat sends the task as well, to finish interrupted deletions.
@shared_task(name="classroom.tasks.delete_courses", expires=3600, time_limit=3600)
def delete_courses() -> None:
    finish_deletions()


def start() -> None:
    """Delete in the background. If that fails, beat continues, or, embedded, the next visit to the overview."""
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
