import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_process_init
from django.db import close_old_connections
from kombu.transport import redis as broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


# A worker that loses Redis or ends gives nothing back of what it had fetched and not begun: all of it is called again.
# Without Redis kombu 5.7 would write it to a file of its own in the temporary folder.
broker.Channel.do_restore = False

app = Celery("attune")
app.config_from_object("django.conf:settings", namespace="CELERY")


@task_prerun.connect
def _check_connection(task: Any, **_: object) -> None:
    """Replace a connection that a restart of Postgres has cut before the task fails on it.

    The analysis of snapshots does without: its calls go through classroom/infra/circuit_breaker.py, and checking first
    would cost each batch a round trip.
    """
    if not task.request.is_eager and task.name != "classroom.tasks.analyse_snapshots":
        close_old_connections()


@worker_process_init.connect
def _publish_from_one_loop(**_: object) -> None:
    from classroom.infra.events import start_publishing_loop  # noqa: PLC0415  # needs Django set up, which imports this module

    start_publishing_loop()
