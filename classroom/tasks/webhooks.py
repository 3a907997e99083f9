"""The Celery task that sends the messages of webhooks. Beat repeats it for retries; in one process a timer does, and a
sign-in continues what a stopped server left behind."""

import logging
import threading

from celery import shared_task
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError
from django.dispatch import receiver

from classroom.domain.webhooks.deliveries import are_waiting, send_due
from classroom.domain.webhooks.messages import messages_waiting
from classroom.tasks.task_thread import TaskThread

logger = logging.getLogger(__name__)

EVERY_S = 30
thread = TaskThread("webhooks")
_timer: threading.Timer | None = None


@shared_task(name="classroom.tasks.send_webhooks", expires=60)
def send_webhooks() -> None:
    """Send on a thread, so that a worker analyses snapshots while it waits for other software."""
    thread.run(_send)


@receiver(messages_waiting)
def start(**_: object) -> None:
    """Send in the background. The task itself is also sent from there, so an unavailable broker delays no class."""
    thread.run(_send if settings.CELERY_TASK_ALWAYS_EAGER else send_webhooks.delay)


@receiver(user_logged_in)
def continue_at_sign_in(**_: object) -> None:
    """For embedded operation, which has no beat."""
    try:
        if settings.EMBEDDED and are_waiting():
            start()
    except DatabaseError as error:
        logger.warning("Could not look for messages of webhooks: %s", error)


def cancel_timer() -> None:
    global _timer
    if _timer:
        _timer.cancel()
    _timer = None


def _send() -> None:
    send_due()
    if settings.EMBEDDED and are_waiting():
        _start_later()


def _start_later() -> None:
    global _timer
    cancel_timer()
    _timer = threading.Timer(EVERY_S, start)
    _timer.daemon = True
    _timer.start()
