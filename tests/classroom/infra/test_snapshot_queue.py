"""The snapshots that wait: in this process's memory and, where the tests run on it, in Redis."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as project

from classroom.infra import snapshot_queue
from classroom.infra.redis import redis_client
from classroom.infra.snapshot_queue import CALLED, QUEUE, Waiting
from classroom.snapshots import SnapshotRef

BATCH = project.SNAPSHOT_BATCH
NOW = datetime(2026, 11, 2, 10, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_queue():
    if not project.EMBEDDED:
        redis_client().delete(QUEUE, CALLED)


def snapshot(seq: int, student_id: int | None = None) -> Waiting:
    ref = SnapshotRef(
        1, student_id or 100 + seq, seq=seq, captured_at=NOW, received_at=NOW + timedelta(milliseconds=40)
    )
    return Waiting(ref, "socket")


def put(seq: int, jpeg: bytes = b"\xff\n\0picture") -> bool:
    return snapshot_queue.push(snapshot(seq), jpeg)


def taken_numbers() -> list[int]:
    return [each.snapshot.seq for each, _ in snapshot_queue.pop_batch()[0]]


def test_what_was_put_is_taken_in_its_order_and_once():
    pictures = [b"a", b"\nb\r\n", b"\xff\0"]
    for seq, jpeg in enumerate(pictures):
        put(seq, jpeg)
    assert snapshot_queue.pop_batch() == ([(snapshot(seq), jpeg) for seq, jpeg in enumerate(pictures)], False)
    assert snapshot_queue.pop_batch() == ([], False)


def test_the_latest_picture_of_a_student_wins():
    earlier, later = snapshot(1, student_id=5), snapshot(2, student_id=5)
    snapshot_queue.push(earlier, b"a")
    snapshot_queue.push(later, b"b")
    assert snapshot_queue.pop_batch()[0] == [(earlier, None), (later, b"b")]


def test_a_newer_picture_is_left_to_its_own_turn(settings):
    settings.SNAPSHOT_BATCH = 1
    earlier, later = snapshot(1, student_id=5), snapshot(2, student_id=5)
    snapshot_queue.push(earlier, b"a")
    snapshot_queue.push(later, b"b")
    assert snapshot_queue.pop_batch() == ([(earlier, None)], True)
    assert snapshot_queue.pop_batch() == ([(later, b"b")], False)


def test_a_discarded_picture_is_gone():
    for seq in (1, 2):
        put(seq)
    snapshot_queue.discard(session_id=1, student_id=101)
    assert [jpeg is None for _, jpeg in snapshot_queue.pop_batch()[0]] == [True, False]


def test_a_picture_that_nobody_took_does_not_stay(settings):
    settings.SNAPSHOT_TTL_S = 1
    put(1, b"the first picture")
    threading.Event().wait(1.1)
    put(2)
    if project.EMBEDDED:
        assert snapshot_queue._memory().pictures.keys() == {"1:102"}
    else:
        assert redis_client().keys(snapshot_queue.MAILBOX + "1:10[12]") == [b"attune:snapshot:1:102"]


def test_no_more_than_a_batch_is_taken_at_a_time():
    for seq in range(BATCH + 2):
        put(seq)
    taken, more_wait = snapshot_queue.pop_batch()
    assert (len(taken), more_wait) == (BATCH, True)
    rest, more_wait = snapshot_queue.pop_batch()
    assert ([each.snapshot.seq for each, _ in rest], more_wait) == ([BATCH, BATCH + 1], False)


def test_a_worker_is_called_for_the_first_that_waits():
    assert put(1)
    assert not put(2)
    snapshot_queue.pop_batch()
    assert put(3)


def test_calls_do_not_pile_up_before_a_worker_comes():
    assert [put(seq) for seq in range(4 * BATCH)].count(True) == 1


def test_after_a_lost_call_another_follows(monkeypatch):
    monkeypatch.setattr(snapshot_queue, "CALL_AGAIN_MS", 100)
    put(1)
    threading.Event().wait(0.15)
    assert [put(2), put(3)] == [True, False]


def test_while_workers_come_nobody_else_calls_them(monkeypatch):
    monkeypatch.setattr(snapshot_queue, "CALL_AGAIN_MS", 200)
    for seq in range(2 * BATCH):
        put(seq)
    threading.Event().wait(0.25)
    snapshot_queue.pop_batch()
    assert not put(99)


def test_what_nobody_took_in_time_does_not_keep_workers_from_being_called(settings):
    settings.SNAPSHOT_TTL_S = 1
    put(1)
    threading.Event().wait(1.1)
    assert put(2)
    assert taken_numbers() == [2]


def test_the_queue_does_not_grow_without_bound(monkeypatch):
    monkeypatch.setattr(snapshot_queue, "LENGTH", 5)
    monkeypatch.setattr(snapshot_queue, "CALL_AGAIN_MS", 100)
    for seq in range(9):
        put(seq)
    threading.Event().wait(0.15)
    assert put(9), "however many wait, a worker is called"
    assert taken_numbers() == [5, 6, 7, 8, 9]
