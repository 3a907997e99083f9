import contextlib
import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_process_init
from django.db import close_old_connections
from kombu.transport import redis as broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class _Unacknowledged(broker.QoS):
    """When Redis is lost, kombu 5.7 fails at giving back what a worker had fetched, over a connection that it has
    closed already, and Celery ends the worker. Redis gives it back anyway, after the visibility timeout."""

    def restore_unacked_once(self, stderr: Any = None) -> None:
        with contextlib.suppress(AttributeError):
            super().restore_unacked_once(stderr)


broker.Channel.QoS = _Unacknowledged

app = Celery("attune")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def _check_connection(task: Any, **_: object) -> None:
    """A worker keeps its connection over many tasks; one that a restart of Postgres has cut must not fail the next."""
    if not task.request.is_eager:
        close_old_connections()


@worker_process_init.connect
def _publish_from_one_loop(**_: object) -> None:
    from classroom.events import start_publishing_loop  # noqa: PLC0415  # needs Django set up, which imports this module

    start_publishing_loop()
