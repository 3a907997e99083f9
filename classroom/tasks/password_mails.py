"""The Celery task that mails links to choose a password to people whose accounts were made for them."""

import logging

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from accounts.sign_in.new_accounts import send_next
from classroom.tasks.task_thread import TaskThread

logger = logging.getLogger(__name__)

thread = TaskThread("password-mails")


@shared_task(name="classroom.tasks.send_password_mails", expires=3600)
def send_password_mails() -> None:
    """Send one batch after the other. A worker does other tasks in between."""
    while send_next():
        if not settings.CELERY_TASK_ALWAYS_EAGER:
            send_password_mails.delay()
            return


@shared_task(name="classroom.tasks.finish_password_mails", expires=300)
def finish_password_mails() -> None:
    """Send one batch of those that a stopped worker has left behind. No more, because a mailing in progress goes on by
    itself, and would soon occupy every worker."""
    send_next()


def start() -> None:
    """Send in the background. The page of the mailing starts it again if mails still wait."""
    try:
        thread.start(send_password_mails)
    except OperationalError as error:
        logger.warning("Could not send the task that mails password links: %s", error)
