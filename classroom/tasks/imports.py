"""The Celery tasks that check and run an administrator's import."""

from celery import shared_task
from django.utils import timezone

from classroom.domain.imports import job_runs
from classroom.tasks.task_thread import TaskThread

thread = TaskThread("imports")


@shared_task(name="classroom.tasks.check_import", expires=600)
def check_import(job_id: str) -> None:
    job_runs.check(job_id)


@shared_task(name="classroom.tasks.run_import", expires=600)
def run_import(job_id: str) -> None:
    job_runs.run(job_id, now=timezone.now())
