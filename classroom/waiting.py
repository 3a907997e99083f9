"""The queue of snapshots that wait for a worker: in Redis for all processes, or in this process's memory.

It holds who sent which snapshot and when, no picture (those lie in snapshots.py's mailbox). A task takes several at a
time, so that a busy worker goes once to the database and to Redis for all of them.
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

from classroom import processes
from classroom.snapshots import SnapshotRef

QUEUE = "attune:waiting-snapshots"
CALLED = "attune:worker-called"
CALL_AGAIN_MS = 1000
# Without workers, only so many are remembered; they are stale long before.
LENGTH = 2000


@dataclass(frozen=True)
class Waiting:
    """A snapshot in the mailbox and the channel of the socket that is told its outcome."""

    snapshot: SnapshotRef
    reply_channel: str


class Queue(Protocol):
    def push(self, entry: str) -> bool:
        """Add at the end. True if a worker is to be called: for the first that waits, and where none has come or been
        called for CALL_AGAIN_MS."""

    def take(self, count: int) -> tuple[list[str], int]:
        """The first ones, which are then gone, and how many remain. A worker has come."""


class MemoryQueue:
    def __init__(self) -> None:
        self.entries: deque[tuple[float, str]] = deque()
        self.called_at = -math.inf
        self.lock = threading.Lock()

    def push(self, entry: str) -> bool:
        with self.lock:
            now = time.monotonic()
            self.entries.append((now, entry))
            while len(self.entries) > LENGTH or self.entries[0][0] < now - settings.SNAPSHOT_TTL_S:
                self.entries.popleft()
            is_silent = now - self.called_at > CALL_AGAIN_MS / 1000
            if is_silent:
                self.called_at = now
            return len(self.entries) == 1 or is_silent

    def take(self, count: int) -> tuple[list[str], int]:
        with self.lock:
            self.called_at = time.monotonic()
            taken = [self.entries.popleft()[1] for _ in range(min(count, len(self.entries)))]
            return taken, len(self.entries)


class RedisQueue:
    def push(self, entry: str) -> bool:
        pipe = processes.redis().pipeline(transaction=False)
        pipe.rpush(QUEUE, entry)
        pipe.ltrim(QUEUE, -LENGTH, -1)
        pipe.expire(QUEUE, settings.SNAPSHOT_TTL_S)
        pipe.set(CALLED, 1, nx=True, px=CALL_AGAIN_MS)
        length, _, _, is_silent = pipe.execute()
        return length == 1 or bool(is_silent)

    def take(self, count: int) -> tuple[list[str], int]:
        pipe = processes.redis().pipeline()
        # LPOP takes no count before Redis 6.2.
        pipe.lrange(QUEUE, 0, count - 1)
        pipe.ltrim(QUEUE, count, -1)
        pipe.llen(QUEUE)
        pipe.set(CALLED, 1, px=CALL_AGAIN_MS)
        taken, _, remaining, _ = pipe.execute()
        return [entry.decode() for entry in taken], remaining


@cache
def _memory() -> MemoryQueue:
    return MemoryQueue()


def push(waiting: Waiting) -> bool:
    """Add to the queue. True if a worker is to be called. A call may be lost with whoever fetched it, so another
    follows when it is not answered; a worker that leaves some behind calls the next one itself."""
    snapshot = waiting.snapshot
    fields = [snapshot.session_id, snapshot.student_id, snapshot.seq]
    times = [_milliseconds(snapshot.captured_at), _milliseconds(snapshot.received_at)]
    return _queue().push(json.dumps([*fields, *times, waiting.reply_channel]))


def take() -> tuple[list[Waiting], bool]:
    """Up to SNAPSHOT_BATCH that wait, longest first, which are then gone; and whether more wait."""
    entries, remaining = _queue().take(settings.SNAPSHOT_BATCH)
    return [_waiting(entry) for entry in entries], remaining > 0


def _queue() -> Queue:
    return _memory() if settings.EMBEDDED else RedisQueue()


def _waiting(entry: str) -> Waiting:
    session_id, student_id, seq, captured_ms, received_ms, reply_channel = json.loads(entry)
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
