"""The queue of snapshots that wait for a worker: in Redis for all processes, or in this process's memory.

The queue itself holds references and channels. The images stay for a few seconds in mailboxes, one per student with the
newest image. A worker pops a batch, so that a busy one needs the database and Redis only once for all of it. A push and
a pop are one round trip each.

A worker that finds the queue empty listens for a while, and Redis hands it the next snapshot. A push wakes a worker
by a task, and only for a snapshot that nobody listens for.
"""

import json
import math
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings

from classroom.infra.redis import redis_client
from classroom.snapshots import SnapshotRef

QUEUE = "attune:waiting"
MAILBOX = "attune:snapshot:"
# The worker that popped last, or was woken, within WAKE_AGAIN_MS: one that COMES_BACK by itself, or 1 for one that does
# not (a process of the previous version).
LAST_WORKER = "attune:worker-called"
WAKE_AGAIN_MS = 1000
COMES_BACK = "2"
# A worker has been woken and has not come yet.
AWAITED_WORKER = "attune:worker-awaited"
# The bound while no worker runs: longer queues drop their oldest entries, which have long been stale.
MAX_LENGTH = 2000

# A mailbox holds its snapshot's entry, a line feed, and the content. An entry whose mailbox holds a newer snapshot
# leaves the mailbox alone.
_PUSH = """
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[4], -1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""
# A separate command after _PUSH, because Redis hands an entry to a listening worker between two commands.
_WAKES_WORKER = """
local waiting = redis.call('LLEN', KEYS[1])
if waiting == 0 then return 0 end
local last = redis.call('GET', KEYS[2])
if last == ARGV[2] then
    return redis.call('SET', KEYS[3], 1, 'NX', 'PX', ARGV[1]) and 1 or 0
end
if last then return waiting == 1 and 1 or 0 end
redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
return 1
"""
# For a worker that comes because it was woken (ARGV[5]), or that was handed an entry (ARGV[6]), or neither.
_POP = """
if ARGV[5] == '1' then redis.call('DEL', KEYS[3]) end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[2])
if ARGV[6] ~= '' then redis.call('LPUSH', KEYS[1], ARGV[6]) end
local entries = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
redis.call('LTRIM', KEYS[1], ARGV[1], -1)
local contents = {}
for index, entry in ipairs(entries) do
    local mailbox = ARGV[3] .. cjson.decode(entry)[1]
    local head, held = entry .. '\\n', redis.call('GET', mailbox)
    contents[index] = false
    if held and string.sub(held, 1, #head) == head then
        redis.call('DEL', mailbox)
        contents[index] = string.sub(held, #head + 1)
    end
end
local wakes = redis.call('LLEN', KEYS[1]) > 0 and redis.call('SET', KEYS[3], 1, 'NX', 'PX', ARGV[2])
return {entries, contents, wakes and 1 or 0}
"""


@dataclass(frozen=True)
class QueuedSnapshot:
    """A snapshot and the channel of the socket that awaits its outcome.

    Only pop_batch and next_batch set `content`: None if the image has expired or a newer one has taken its place.
    """

    ref: SnapshotRef
    channel: str
    content: bytes | None = None

    @property
    def mailbox(self) -> str:
        return _mailbox(self.ref.session_id, self.ref.student_id)

    def encode(self) -> bytes:
        """Return the queue's entry, without the image."""
        times_ms = [round(moment.timestamp() * 1000) for moment in (self.ref.captured_at, self.ref.received_at)]
        return json.dumps([self.mailbox, self.ref.seq, *times_ms, self.channel]).encode()

    @classmethod
    def decode(cls, entry: bytes, content: bytes | None) -> "QueuedSnapshot":
        """Read an entry made by `encode`, and attach its image."""
        mailbox, seq, *times_ms, channel = json.loads(entry)
        session_id, student_id = map(int, mailbox.split(":"))
        captured_at, received_at = (datetime.fromtimestamp(ms / 1000, UTC) for ms in times_ms)
        return cls(SnapshotRef(session_id, student_id, seq, captured_at, received_at), channel, content)


# The snapshots, and whether to wake another worker for those that remain.
Batch = tuple[list[QueuedSnapshot], bool]


class Queue(Protocol):
    def push(self, queued: QueuedSnapshot, content: bytes) -> bool: ...

    def pop(self, count: int) -> Batch:
        """For a worker that comes because it was woken."""

    def pop_next(self, count: int, wait_s: float) -> Batch:
        """For a worker that has popped before."""

    def discard(self, mailbox: str) -> None: ...

    def length(self) -> int: ...


class MemoryQueue:
    def __init__(self) -> None:
        self.entries: deque[tuple[float, QueuedSnapshot]] = deque()
        self.mailboxes: dict[str, tuple[QueuedSnapshot, bytes]] = {}
        self.woken_at = -math.inf
        self.lock = threading.Lock()

    def push(self, queued: QueuedSnapshot, content: bytes) -> bool:
        with self.lock:
            now = time.monotonic()
            self.entries.append((now, queued))
            self.mailboxes[queued.mailbox] = (queued, content)
            while len(self.entries) > MAX_LENGTH or self.entries[0][0] < now - settings.SNAPSHOT_TTL_S:
                self._pop_first()
            is_silent = now - self.woken_at > WAKE_AGAIN_MS / 1000
            if is_silent:
                self.woken_at = now
            return len(self.entries) == 1 or is_silent

    def pop(self, count: int) -> Batch:
        with self.lock:
            self.woken_at = time.monotonic()
            batch = [self._pop_first() for _ in range(min(count, len(self.entries)))]
            return batch, bool(self.entries)

    def pop_next(self, count: int, wait_s: float) -> Batch:
        # Nobody listens within one process: each push is analysed at once.
        return self.pop(count)

    def discard(self, mailbox: str) -> None:
        with self.lock:
            self.mailboxes.pop(mailbox, None)

    def length(self) -> int:
        oldest = time.monotonic() - settings.SNAPSHOT_TTL_S
        with self.lock:
            return sum(pushed_at >= oldest for pushed_at, _ in self.entries)

    def _pop_first(self) -> QueuedSnapshot:
        _, queued = self.entries.popleft()
        held, content = self.mailboxes.get(queued.mailbox, (None, None))
        if held is not queued:
            return queued
        del self.mailboxes[queued.mailbox]
        return replace(queued, content=content)


class RedisQueue:
    def push(self, queued: QueuedSnapshot, content: bytes) -> bool:
        entry = queued.encode()
        pipe = redis_client().pipeline(transaction=False)
        mailbox = MAILBOX + queued.mailbox
        pipe.eval(_PUSH, 2, QUEUE, mailbox, entry, entry + b"\n" + content, settings.SNAPSHOT_TTL_S, MAX_LENGTH)
        pipe.eval(_WAKES_WORKER, 3, QUEUE, LAST_WORKER, AWAITED_WORKER, WAKE_AGAIN_MS, COMES_BACK)
        return bool(pipe.execute()[1])

    def pop(self, count: int) -> Batch:
        return self._pop(count, was_woken=1)

    def pop_next(self, count: int, wait_s: float) -> Batch:
        batch = self._pop(count)
        if batch[0]:
            return batch
        # To Redis, less than a millisecond means forever.
        handed_over: Any = redis_client().blpop([QUEUE], max(wait_s, 0.001))
        return self._pop(count, handed_over=handed_over[1]) if handed_over else batch

    def _pop(self, count: int, *, was_woken: int = 0, handed_over: bytes = b"") -> Batch:
        script = redis_client().register_script(_POP)
        options: list[Any] = [count, WAKE_AGAIN_MS, MAILBOX, COMES_BACK, was_woken, handed_over]
        entries, contents, wakes = script(keys=[QUEUE, LAST_WORKER, AWAITED_WORKER], args=options)
        return list(map(QueuedSnapshot.decode, entries, contents)), bool(wakes)

    def discard(self, mailbox: str) -> None:
        redis_client().delete(MAILBOX + mailbox)

    def length(self) -> int:
        return int(redis_client().llen(QUEUE))  # type: ignore[arg-type]


@cache
def _memory() -> MemoryQueue:
    return MemoryQueue()


def _queue() -> Queue:
    return _memory() if settings.EMBEDDED else RedisQueue()


def push(ref: SnapshotRef, *, channel: str, content: bytes) -> bool:
    """Queue a snapshot; its image replaces an earlier one of the student that is still in the mailbox.

    Returns whether to wake a worker: if none listens and none is on its way, or if for WAKE_AGAIN_MS no worker has
    popped and none was woken. The task that wakes a worker is lost with it, so another follows.
    """
    return _queue().push(QueuedSnapshot(ref, channel), content)


def pop_batch() -> Batch:
    """Remove and return the snapshots that have waited longest, up to SNAPSHOT_BATCH, for a worker that comes because
    it was woken. Also return whether to wake another worker for those that remain."""
    return _queue().pop(settings.SNAPSHOT_BATCH)


def next_batch(*, wait_s: float) -> Batch:
    """Like pop_batch, for a worker that has popped before. If no snapshot waits, listen for one for `wait_s`, or return
    none if that is not positive."""
    return _queue().pop_next(settings.SNAPSHOT_BATCH, wait_s) if wait_s > 0 else ([], False)


def discard(*, session_id: int, student_id: int) -> None:
    """Empty the student's mailbox; the snapshot is popped without its image."""
    _queue().discard(_mailbox(session_id, student_id))


def length() -> int:
    """Return how many snapshots wait for a worker."""
    return _queue().length()


def _mailbox(session_id: int, student_id: int) -> str:
    return f"{session_id}:{student_id}"
