"""The snapshots that wait for a worker: in Redis for all processes, or in this process's memory.

The queue holds who sent which snapshot and when, no picture. Those lie beside it in mailboxes, the newest of each
student, for a few seconds. A task takes several snapshots at a time, so that a busy worker goes once to the database
and to Redis for all of them. To hand one in is one round trip, and so is to take a batch.
"""

import json
import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Protocol

from django.conf import settings

from classroom.infra.redis import redis_client
from classroom.snapshots import SnapshotRef

QUEUE = "attune:waiting"
MAILBOX = "attune:snapshot:"
CALLED = "attune:worker-called"
CALL_AGAIN_MS = 1000
# Without workers, only so many are remembered; they are stale long before.
LENGTH = 2000

# A mailbox holds the queue's entry, a line's end, and the picture: one that a newer snapshot has taken is left alone.
_TAKE = """
local entries = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
redis.call('LTRIM', KEYS[1], ARGV[1], -1)
redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
local pictures = {}
for place, entry in ipairs(entries) do
    local mailbox = ARGV[3] .. cjson.decode(entry)[1]
    local head, held = entry .. '\\n', redis.call('GET', mailbox)
    pictures[place] = false
    if held and string.sub(held, 1, #head) == head then
        redis.call('DEL', mailbox)
        pictures[place] = string.sub(held, #head + 1)
    end
end
return {entries, pictures, redis.call('LLEN', KEYS[1])}
"""


@dataclass(frozen=True)
class Waiting:
    """A snapshot that waits and the channel of the socket that is told its outcome."""

    snapshot: SnapshotRef
    reply_channel: str

    @property
    def mailbox(self) -> str:
        return _mailbox(self.snapshot.session_id, self.snapshot.student_id)


# Each with its picture; None where that has expired, or a newer one has taken its place.
Taken = list[tuple[Waiting, bytes | None]]


class Queue(Protocol):
    def put(self, waiting: Waiting, jpeg: bytes) -> bool:
        """Add at the end. True if a worker is to be called: for the first that waits, and where none has come or been
        called for CALL_AGAIN_MS."""

    def take(self, count: int) -> tuple[Taken, int]:
        """The first ones, which are then gone, and how many remain. A worker has come."""

    def discard(self, mailbox: str) -> None:
        """Forget the picture; the snapshot is taken without it."""


class MemoryQueue:
    def __init__(self) -> None:
        self.entries: deque[tuple[float, Waiting]] = deque()
        self.pictures: dict[str, tuple[Waiting, bytes]] = {}
        self.called_at = -math.inf
        self.lock = threading.Lock()

    def put(self, waiting: Waiting, jpeg: bytes) -> bool:
        with self.lock:
            now = time.monotonic()
            self.entries.append((now, waiting))
            self.pictures[waiting.mailbox] = (waiting, jpeg)
            while len(self.entries) > LENGTH or self.entries[0][0] < now - settings.SNAPSHOT_TTL_S:
                self._first()
            is_silent = now - self.called_at > CALL_AGAIN_MS / 1000
            if is_silent:
                self.called_at = now
            return len(self.entries) == 1 or is_silent

    def take(self, count: int) -> tuple[Taken, int]:
        with self.lock:
            self.called_at = time.monotonic()
            taken = [self._first() for _ in range(min(count, len(self.entries)))]
            return taken, len(self.entries)

    def discard(self, mailbox: str) -> None:
        with self.lock:
            self.pictures.pop(mailbox, None)

    def _first(self) -> tuple[Waiting, bytes | None]:
        _, waiting = self.entries.popleft()
        held, jpeg = self.pictures.get(waiting.mailbox, (None, None))
        if held is not waiting:
            return waiting, None
        del self.pictures[waiting.mailbox]
        return waiting, jpeg


class RedisQueue:
    def put(self, waiting: Waiting, jpeg: bytes) -> bool:
        entry = _entry(waiting)
        pipe = redis_client().pipeline(transaction=False)
        pipe.set(MAILBOX + waiting.mailbox, entry + b"\n" + jpeg, ex=settings.SNAPSHOT_TTL_S)
        pipe.rpush(QUEUE, entry)
        pipe.ltrim(QUEUE, -LENGTH, -1)
        pipe.expire(QUEUE, settings.SNAPSHOT_TTL_S)
        pipe.set(CALLED, 1, nx=True, px=CALL_AGAIN_MS)
        _, length, _, _, is_silent = pipe.execute()
        return length == 1 or bool(is_silent)

    def take(self, count: int) -> tuple[Taken, int]:
        script = redis_client().register_script(_TAKE)
        entries, pictures, remaining = script(keys=[QUEUE, CALLED], args=[count, CALL_AGAIN_MS, MAILBOX])
        return list(zip(map(_waiting, entries), pictures, strict=True)), remaining

    def discard(self, mailbox: str) -> None:
        redis_client().delete(MAILBOX + mailbox)


@cache
def _memory() -> MemoryQueue:
    return MemoryQueue()


def push(waiting: Waiting, jpeg: bytes) -> bool:
    """Leave a snapshot for a worker; its picture takes the place of an earlier one of the student that still lies
    there. True if a worker is to be called. A call may be lost with whoever fetched it, so another follows when it is
    not answered; a worker that leaves some behind calls the next one itself."""
    return _queue().put(waiting, jpeg)


def pop_batch() -> tuple[Taken, bool]:
    """Up to SNAPSHOT_BATCH that wait, longest first, which are then gone; and whether more wait."""
    taken, remaining = _queue().take(settings.SNAPSHOT_BATCH)
    return taken, remaining > 0


def discard(*, session_id: int, student_id: int) -> None:
    """Forget the student's picture, if one lies there."""
    _queue().discard(_mailbox(session_id, student_id))


def _queue() -> Queue:
    return _memory() if settings.EMBEDDED else RedisQueue()


def _mailbox(session_id: int, student_id: int) -> str:
    return f"{session_id}:{student_id}"


def _entry(waiting: Waiting) -> bytes:
    snapshot = waiting.snapshot
    times = [_milliseconds(snapshot.captured_at), _milliseconds(snapshot.received_at)]
    return json.dumps([waiting.mailbox, snapshot.seq, *times, waiting.reply_channel]).encode()


def _waiting(entry: bytes) -> Waiting:
    mailbox, seq, captured_ms, received_ms, reply_channel = json.loads(entry)
    session_id, student_id = map(int, mailbox.split(":"))
    snapshot = SnapshotRef(
        session_id=session_id,
        student_id=student_id,
        seq=seq,
        captured_at=_moment(captured_ms),
        received_at=_moment(received_ms),
    )
    return Waiting(snapshot, reply_channel)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
