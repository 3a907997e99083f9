"""Finishes the deletion of courses in the background, because a year of readings takes too long for a request."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from classroom.domain.courses.deletion import finish_deletions
from classroom.tasks.task_thread import TaskThread

logger = logging.getLogger(__name__)

thread = TaskThread("course-deletion")


# A course may have years of readings. Beat sends the task as well, to finish interrupted deletions.
@shared_task(name="classroom.tasks.delete_courses", expires=3600, time_limit=3600)
def delete_courses() -> None:
    finish_deletions()


def start() -> None:
    """Delete in the background. If that fails, beat continues, or, embedded, the next visit to the overview."""
    try:
        thread.start(delete_courses)
    except OperationalError as error:
        logger.warning("Could not send the deletion of a course, which beat sends again: %s", error)
