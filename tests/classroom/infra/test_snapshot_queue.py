"""The queue in this process's memory and, when the tests run distributed, in Redis."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as project

from classroom.infra import snapshot_queue
from classroom.infra.redis import redis_client
from classroom.infra.snapshot_queue import AWAITED_WORKER, LAST_WORKER, QUEUE, Batch, QueuedSnapshot
from classroom.snapshots import SnapshotRef

BATCH = project.SNAPSHOT_BATCH
JPEG = b"\xff\n\0image"
NOW = datetime(2026, 11, 2, 10, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_queue():
    if not project.EMBEDDED:
        redis_client().delete(QUEUE, LAST_WORKER, AWAITED_WORKER)


def queued(seq: int, jpeg: bytes | None, student_id: int | None = None) -> QueuedSnapshot:
    received_at = NOW + timedelta(milliseconds=40)
    ref = SnapshotRef(1, student_id or 100 + seq, seq=seq, captured_at=NOW, received_at=received_at)
    return QueuedSnapshot(ref, "socket", jpeg)


def push(seq: int, jpeg: bytes = JPEG, student_id: int | None = None) -> bool:
    return snapshot_queue.push(queued(seq, None, student_id).ref, channel="socket", content=jpeg)


def popped_numbers() -> list[int]:
    return [each.ref.seq for each in snapshot_queue.pop_batch()[0]]


def test_snapshots_are_popped_in_their_order_and_once():
    jpegs = [b"a", b"\nb\r\n", b"\xff\0"]
    for seq, jpeg in enumerate(jpegs):
        push(seq, jpeg)
    assert snapshot_queue.pop_batch() == ([queued(seq, jpeg) for seq, jpeg in enumerate(jpegs)], False)
    assert snapshot_queue.pop_batch() == ([], False)


def test_latest_image_of_a_student_wins():
    push(1, b"a", student_id=5)
    push(2, b"b", student_id=5)
    assert snapshot_queue.pop_batch()[0] == [queued(1, None, student_id=5), queued(2, b"b", student_id=5)]


def test_newer_image_waits_for_its_own_turn(settings):
    settings.SNAPSHOT_BATCH = 1
    push(1, b"a", student_id=5)
    push(2, b"b", student_id=5)
    assert snapshot_queue.pop_batch() == ([queued(1, None, student_id=5)], True)
    assert snapshot_queue.pop_batch() == ([queued(2, b"b", student_id=5)], False)


def test_discarded_image_is_gone():
    for seq in (1, 2):
        push(seq)
    snapshot_queue.discard(session_id=1, student_id=101)
    assert [each.content is None for each in snapshot_queue.pop_batch()[0]] == [True, False]


def test_image_that_no_worker_popped_expires(settings):
    settings.SNAPSHOT_TTL_S = 1
    push(1, b"the first image")
    threading.Event().wait(1.1)
    push(2)
    if project.EMBEDDED:
        assert snapshot_queue._memory().mailboxes.keys() == {"1:102"}
    else:
        assert redis_client().keys(snapshot_queue.MAILBOX + "1:10[12]") == [b"attune:snapshot:1:102"]


def test_memory_queue_holds_images_in_mailboxes_alone(settings):
    settings.EMBEDDED = True
    push(1)
    assert [entry.content for _, entry in snapshot_queue._memory().entries] == [None]


def test_length_counts_what_waits():
    assert snapshot_queue.length() == 0
    push(1), push(2)
    assert snapshot_queue.length() == 2
    snapshot_queue.pop_batch()
    assert snapshot_queue.length() == 0


def test_length_leaves_out_what_has_expired(settings):
    settings.SNAPSHOT_TTL_S = 1
    push(1)
    deadline = time.monotonic() + 30
    while snapshot_queue.length() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert snapshot_queue.length() == 0


def test_pop_returns_no_more_than_a_batch():
    for seq in range(BATCH + 2):
        push(seq)
    batch, more_wait = snapshot_queue.pop_batch()
    assert (len(batch), more_wait) == (BATCH, True)
    rest, more_wait = snapshot_queue.pop_batch()
    assert ([each.ref.seq for each in rest], more_wait) == ([BATCH, BATCH + 1], False)


def test_first_snapshot_wakes_a_worker():
    assert push(1)
    assert not push(2)
    snapshot_queue.pop_batch()
    assert push(3)


def test_wake_ups_do_not_pile_up_before_a_worker_pops():
    assert [push(seq) for seq in range(4 * BATCH)].count(True) == 1


def test_another_wake_up_follows_a_lost_one(monkeypatch):
    monkeypatch.setattr(snapshot_queue, "WAKE_AGAIN_MS", 100)
    push(1)
    threading.Event().wait(0.15)
    assert [push(2), push(3)] == [True, False]


def test_push_wakes_nobody_while_workers_pop(monkeypatch):
    monkeypatch.setattr(snapshot_queue, "WAKE_AGAIN_MS", 200)
    for seq in range(2 * BATCH):
        push(seq)
    threading.Event().wait(0.25)
    snapshot_queue.pop_batch()
    assert not push(99)


def test_expired_snapshots_do_not_keep_workers_from_being_woken(settings):
    settings.SNAPSHOT_TTL_S = 1
    push(1)
    threading.Event().wait(1.1)
    assert push(2)
    assert popped_numbers() == [2]


def test_worker_that_comes_back_pops_what_waits():
    push(1), push(2)
    assert snapshot_queue.next_batch(wait_s=30) == ([queued(1, JPEG), queued(2, JPEG)], False)


def test_worker_pops_nothing_once_its_time_is_over():
    push(1)
    assert snapshot_queue.next_batch(wait_s=0) == ([], False)
    assert popped_numbers() == [1]


class TestInRedis:
    """The queue that several processes share."""

    @pytest.fixture(autouse=True)
    def _in_redis(self, shared_redis):
        """An empty Redis, without workers of earlier tests."""

    @pytest.fixture
    def listening(self):
        """A worker that has found the queue empty and listens."""
        with ThreadPoolExecutor(1) as worker:
            yield listen(worker)

    def test_worker_that_listens_is_handed_the_next_snapshot(self, listening):
        assert not push(1), "nobody else is woken"
        assert listening.result(30) == ([queued(1, JPEG)], False)

    def test_worker_is_woken_for_what_nobody_listens_for(self, listening):
        assert not push(1)
        listening.result(30)
        assert [push(2), push(3)] == [True, False]

    def test_worker_that_listens_in_vain_comes_back_empty_handed(self):
        assert snapshot_queue.next_batch(wait_s=0.01) == ([], False)
        assert snapshot_queue.length() == 0

    def test_snapshot_that_was_handed_over_is_the_first_of_the_batch(self, settings):
        settings.SNAPSHOT_BATCH = 2
        push(2, student_id=5), push(3), push(4)
        handed_over = queued(1, None, student_id=5).encode()
        expected = [queued(1, None, student_id=5), queued(2, JPEG, student_id=5)]
        assert snapshot_queue.RedisQueue()._pop(2, handed_over=handed_over) == (expected, True)
        assert popped_numbers() == [3, 4]

    def test_one_worker_is_woken_until_it_comes(self, settings):
        settings.SNAPSHOT_BATCH = 1
        for seq in range(4):
            push(seq)
        wakes = [pop()[1] for pop in (snapshot_queue.pop_batch, next_batch, snapshot_queue.pop_batch)]
        assert wakes == [True, False, True]

    def test_worker_of_the_previous_version_is_woken_as_it_was(self):
        """It does not come back by itself after it has popped."""
        redis_client().set(LAST_WORKER, 1)
        assert [push(1), push(2)] == [True, False]
        redis_client().ltrim(QUEUE, 2, -1)
        redis_client().set(LAST_WORKER, 1)
        assert [push(3), push(4)] == [True, False]


def next_batch() -> Batch:
    return snapshot_queue.next_batch(wait_s=30)


def listen(worker: ThreadPoolExecutor) -> Future[Batch]:
    """Let the worker listen; return when Redis knows of it."""
    batch = worker.submit(next_batch)
    deadline = time.monotonic() + 30
    while not redis_client().info("clients")["blocked_clients"] and time.monotonic() < deadline:
        time.sleep(0.01)
    return batch


def test_queue_is_bounded(monkeypatch):
    monkeypatch.setattr(snapshot_queue, "MAX_LENGTH", 5)
    monkeypatch.setattr(snapshot_queue, "WAKE_AGAIN_MS", 100)
    for seq in range(9):
        push(seq)
    threading.Event().wait(0.15)
    assert push(9), "a full queue wakes a worker too"
    assert popped_numbers() == [5, 6, 7, 8, 9]
