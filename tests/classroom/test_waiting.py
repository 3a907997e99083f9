"""The queue of snapshots, in this process's memory and, where the tests run on it, in Redis."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as project

from classroom import processes, waiting
from classroom.snapshots import SnapshotRef
from classroom.waiting import CALLED, QUEUE, Waiting

BATCH = project.SNAPSHOT_BATCH
NOW = datetime(2026, 11, 2, 10, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_queue():
    if not project.EMBEDDED:
        processes.redis().delete(QUEUE, CALLED)


def snapshot(seq: int) -> Waiting:
    ref = SnapshotRef(1, 2, seq=seq, captured_at=NOW, received_at=NOW + timedelta(milliseconds=40))
    return Waiting(ref, "socket")


def test_what_was_pushed_is_taken_in_its_order_and_once():
    pushed = [snapshot(seq) for seq in range(3)]
    for each in pushed:
        waiting.push(each)
    assert waiting.take() == (pushed, False)
    assert waiting.take() == ([], False)


def test_no_more_than_a_batch_is_taken_at_a_time():
    for seq in range(BATCH + 2):
        waiting.push(snapshot(seq))
    taken, more_wait = waiting.take()
    assert (len(taken), more_wait) == (BATCH, True)
    rest, more_wait = waiting.take()
    assert ([each.snapshot.seq for each in rest], more_wait) == ([BATCH, BATCH + 1], False)


def test_a_worker_is_called_for_the_first_that_waits():
    assert waiting.push(snapshot(1))
    assert not waiting.push(snapshot(2))
    waiting.take()
    assert waiting.push(snapshot(3))


def test_calls_do_not_pile_up_before_a_worker_comes():
    assert [waiting.push(snapshot(seq)) for seq in range(4 * BATCH)].count(True) == 1


def test_after_a_lost_call_another_follows(monkeypatch):
    monkeypatch.setattr(waiting, "CALL_AGAIN_MS", 100)
    waiting.push(snapshot(1))
    threading.Event().wait(0.15)
    assert [waiting.push(snapshot(2)), waiting.push(snapshot(3))] == [True, False]


def test_while_workers_come_nobody_else_calls_them(monkeypatch):
    monkeypatch.setattr(waiting, "CALL_AGAIN_MS", 200)
    for seq in range(2 * BATCH):
        waiting.push(snapshot(seq))
    threading.Event().wait(0.25)
    waiting.take()
    assert not waiting.push(snapshot(99))


def test_what_nobody_took_in_time_does_not_keep_workers_from_being_called(settings):
    settings.SNAPSHOT_TTL_S = 1
    waiting.push(snapshot(1))
    threading.Event().wait(1.1)
    assert waiting.push(snapshot(2))
    assert [each.snapshot.seq for each in waiting.take()[0]] == [2]


def test_the_queue_does_not_grow_without_bound(monkeypatch):
    monkeypatch.setattr(waiting, "LENGTH", 5)
    monkeypatch.setattr(waiting, "CALL_AGAIN_MS", 100)
    for seq in range(9):
        waiting.push(snapshot(seq))
    threading.Event().wait(0.15)
    assert waiting.push(snapshot(9)), "however many wait, a worker is called"
    assert [each.snapshot.seq for each in waiting.take()[0]] == [5, 6, 7, 8, 9]
