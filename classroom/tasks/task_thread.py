"""Tasks that take too long for a request: workers run them or, in one process, a separate thread."""

import logging
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from celery import Task
from django.conf import settings
from django.db import connections

logger = logging.getLogger(__name__)


class TaskThread:
    """Runs tasks one after the other, because the thread shares a process with the classes. A server that stops does
    not wait for it, so a task must survive being interrupted and restarted."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[Any] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None

    def start(self, task: Task, *args: Any) -> None:
        """Start the task. Returns immediately; raises kombu's OperationalError if the broker is unavailable."""
        if settings.CELERY_TASK_ALWAYS_EAGER:
            self.run(partial(task.delay, *args))
        else:
            task.delay(*args)

    def wait_until_idle(self) -> None:
        """Wait until everything started so far is done, for tests."""
        if self._thread:
            done = Event()
            self.run(done.set)
            done.wait()

    def run(self, call: Callable[[], object]) -> None:
        """Call it on the thread, after everything started so far."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        self._calls.put(call)

    def _run(self) -> None:
        while True:
            call = self._calls.get()
            try:
                call()
            except Exception as error:
                # Without the error's text, which may quote a row.
                logger.warning("A task of the thread %s failed: %s", self._name, type(error).__name__)
            finally:
                connections.close_all()
