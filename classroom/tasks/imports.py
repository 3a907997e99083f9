"""The Celery tasks that check and run an administrator's import; embedded, they run on a thread of their own."""

from concurrent.futures import ThreadPoolExecutor

from celery import Task, shared_task
from django.conf import settings
from django.db import connections
from django.utils import timezone

from classroom.domain.imports import job_runs

# One at a time: embedded, the thread shares a process with the classes.
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imports")


@shared_task(name="classroom.tasks.check_import", expires=600)
def check_import(job_id: str) -> None:
    job_runs.check(job_id)


@shared_task(name="classroom.tasks.run_import", expires=600)
def run_import(job_id: str) -> None:
    job_runs.run(job_id, now=timezone.now())


def start(task: Task, job_id: str) -> None:
    """Start the task. Returns immediately; raises an error if the broker is unavailable."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        _pool.submit(_run, task, job_id)
    else:
        task.delay(job_id)


def wait_until_idle() -> None:
    """Wait until everything started so far is done, for tests."""
    _pool.submit(lambda: None).result()


def _run(task: Task, job_id: str) -> None:
    try:
        task.delay(job_id)
    finally:
        connections.close_all()
