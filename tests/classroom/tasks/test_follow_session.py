"""A session is followed once per step, on a separate thread."""

import math
import threading

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from classroom.models import AlertProgress
from classroom.tasks import follow_session as task_module
from classroom.tasks.follow_session import follow_session, note_activity, wait_until_idle
from config.celery import app
from tests import factories

# A test that does not wait for the next step stays within one.
LONG_STEP_S = 10**9


@pytest.fixture
def runs(monkeypatch):
    """The threads on which the task was started."""
    threads: list[threading.Thread] = []
    monkeypatch.setattr(follow_session, "delay", lambda session_id: threads.append(threading.current_thread()))
    monkeypatch.setattr(task_module, "STEP_S", LONG_STEP_S)
    return threads


def test_session_is_followed_once_for_many_activities(runs):
    for _ in range(20):
        note_activity(1)
    wait_until_idle()
    assert len(runs) == 1


def test_each_session_is_followed(runs):
    for session_id in (1, 2, 1, 2):
        note_activity(session_id)
    wait_until_idle()
    assert len(runs) == 2


def test_task_starts_on_another_thread(runs):
    note_activity(1)
    wait_until_idle()
    assert runs[0] is not threading.current_thread()


def test_session_that_waits_for_the_thread_waits_once(runs):
    running, over = threading.Event(), threading.Event()
    task_module._pool.submit(lambda: running.set() or over.wait(20))
    running.wait(20)
    for _ in range(20):
        note_activity(1)
    waiting = task_module._pool._work_queue.qsize()
    over.set()
    wait_until_idle()
    assert (waiting, len(runs)) == (1, 1)


def test_session_is_followed_again_in_the_next_step(runs, monkeypatch):
    note_activity(1)
    wait_until_idle()
    monkeypatch.setattr(task_module, "SLACK_S", -LONG_STEP_S)
    note_activity(1)
    wait_until_idle()
    assert len(runs) == 2


def test_next_session_is_followed_after_a_failure(monkeypatch):
    followed: list[int] = []

    def fails_once(session_id: int) -> None:
        followed.append(session_id)
        if session_id == 1:
            raise ConnectionError("no broker")

    monkeypatch.setattr(follow_session, "delay", fails_once)
    note_activity(1)
    note_activity(2)
    wait_until_idle()
    assert followed == [1, 2]


def test_unavailable_database_is_logged_once_a_minute(monkeypatch, caplog):
    def unavailable(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(task_module, "_logged_at", -math.inf)
    monkeypatch.setattr(connection, "ensure_connection", unavailable)
    for _ in range(3):
        follow_session(1)
    assert [record.getMessage() for record in caplog.records] == ["Session 1 could not be followed."]


@pytest.mark.django_db
def test_deleted_session_is_skipped():
    assert follow_session(123_456) is None


def test_workers_register_the_task():
    app.loader.import_default_modules()
    assert follow_session.name in app.tasks


@pytest.mark.django_db
def test_session_is_not_followed_twice_at_a_time():
    session = factories.session()
    cache.add(f"following:{session.pk}", 1, 60)
    follow_session(session.pk)
    assert not AlertProgress.objects.filter(session=session).exists()
    cache.delete(f"following:{session.pk}")
    follow_session(session.pk)
    assert AlertProgress.objects.filter(session=session).exists()
    assert cache.get(f"following:{session.pk}") is None
