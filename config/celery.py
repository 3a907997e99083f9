import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_prerun, worker_init
from django.db import close_old_connections
from kombu.transport import redis as broker

from config import core_dumps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A worker that stops or loses Redis does not return the tasks it has fetched but not started. They are all sent again
# anyway, and without Redis kombu 5.7 would write them to a file in the temporary folder.
broker.Channel.do_restore = False

app = Celery("attune")
app.config_from_object("django.conf:settings", namespace="CELERY")


@task_prerun.connect
def _check_connection(task: Any, **_: object) -> None:
    """Replace a connection that a restart of Postgres has closed, before the task fails on it.

    Snapshot analysis is exempt: its queries go through classroom/infra/circuit_breaker.py, and a check would cost each
    batch a round trip.
    """
    if not task.request.is_eager and task.name != "classroom.tasks.analyse_snapshots":
        close_old_connections()


@worker_init.connect
@beat_init.connect
def _forbid_core_dumps(**_: object) -> None:
    core_dumps.forbid()
