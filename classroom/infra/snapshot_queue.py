"""The queue of snapshots that wait for a worker: in Redis for all processes, or in this process's memory.

The queue itself holds references and channels. The images lie in mailboxes, one per student with the newest image, for
a few seconds. A worker pops a batch, so that a busy one goes once to the database and to Redis for all of it. A push is
one round trip, and so is a pop.
"""

import json
import math
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from django.conf import settings

from classroom.infra.redis import redis_client
from classroom.snapshots import SnapshotRef

QUEUE = "attune:waiting"
MAILBOX = "attune:snapshot:"
WAKEUP = "attune:worker-called"
WAKEUP_AGAIN_MS = 1000
# The bound while no worker runs: longer queues forget their oldest entries, which are stale long before.
MAX_LENGTH = 2000

# A mailbox holds the entry of its snapshot, a line feed, and its content. An entry whose mailbox holds a newer snapshot
# leaves the mailbox alone.
_POP = """
local entries = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
redis.call('LTRIM', KEYS[1], ARGV[1], -1)
redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
local contents = {}
for place, entry in ipairs(entries) do
    local mailbox = ARGV[3] .. cjson.decode(entry)[1]
    local head, held = entry .. '\\n', redis.call('GET', mailbox)
    contents[place] = false
    if held and string.sub(held, 1, #head) == head then
        redis.call('DEL', mailbox)
        contents[place] = string.sub(held, #head + 1)
    end
end
return {entries, contents, redis.call('LLEN', KEYS[1])}
"""


@dataclass(frozen=True)
class QueuedSnapshot:
    """A snapshot and the channel of the socket that awaits its outcome.

    `content` is set by pop_batch alone; None when the image has expired, or a newer one has taken its place.
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


class Queue(Protocol):
    def push(self, queued: QueuedSnapshot, content: bytes) -> bool: ...

    def pop(self, count: int) -> tuple[list[QueuedSnapshot], int]:
        """Return the snapshots, and how many remain."""

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
            is_silent = now - self.woken_at > WAKEUP_AGAIN_MS / 1000
            if is_silent:
                self.woken_at = now
            return len(self.entries) == 1 or is_silent

    def pop(self, count: int) -> tuple[list[QueuedSnapshot], int]:
        with self.lock:
            self.woken_at = time.monotonic()
            batch = [self._pop_first() for _ in range(min(count, len(self.entries)))]
            return batch, len(self.entries)

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
        pipe.set(MAILBOX + queued.mailbox, entry + b"\n" + content, ex=settings.SNAPSHOT_TTL_S)
        pipe.rpush(QUEUE, entry)
        pipe.ltrim(QUEUE, -MAX_LENGTH, -1)
        pipe.expire(QUEUE, settings.SNAPSHOT_TTL_S)
        pipe.set(WAKEUP, 1, nx=True, px=WAKEUP_AGAIN_MS)
        _, length, _, _, is_silent = pipe.execute()
        return length == 1 or bool(is_silent)

    def pop(self, count: int) -> tuple[list[QueuedSnapshot], int]:
        script = redis_client().register_script(_POP)
        entries, contents, remaining = script(keys=[QUEUE, WAKEUP], args=[count, WAKEUP_AGAIN_MS, MAILBOX])
        return list(map(QueuedSnapshot.decode, entries, contents)), remaining

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

    Returns whether to wake up a worker: for the first snapshot in the queue, and when no worker has popped and none was
    woken for WAKEUP_AGAIN_MS. A wake-up is lost with the worker that fetched it, so another follows; a worker that
    leaves snapshots in the queue wakes the next one itself.
    """
    return _queue().push(QueuedSnapshot(ref, channel), content)


def pop_batch() -> tuple[list[QueuedSnapshot], bool]:
    """Remove the snapshots that have waited longest, up to SNAPSHOT_BATCH; return them, and whether more wait."""
    batch, remaining = _queue().pop(settings.SNAPSHOT_BATCH)
    return batch, remaining > 0


def discard(*, session_id: int, student_id: int) -> None:
    """Empty the student's mailbox; the snapshot is popped without its image."""
    _queue().discard(_mailbox(session_id, student_id))


def length() -> int:
    """Return how many snapshots wait for a worker."""
    return _queue().length()


def _mailbox(session_id: int, student_id: int) -> str:
    return f"{session_id}:{student_id}"
