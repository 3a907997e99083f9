"""The queue of snapshots that wait for a worker: in Redis for all processes, or in this process's memory.

It holds who sent which snapshot and when, no picture (those lie in snapshots.py's mailbox). A task takes several at a
time, so that a busy worker goes once to the database and to Redis for all of them.
"""

import json
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
# Without workers, only so many are remembered; they are stale long before.
LENGTH = 2000


@dataclass(frozen=True)
class Waiting:
    """A snapshot in the mailbox and the channel of the socket that is told its outcome."""

    snapshot: SnapshotRef
    reply_channel: str


class Queue(Protocol):
    def push(self, entry: str) -> int:
        """Add at the end; returns how many wait then."""

    def take(self, count: int) -> tuple[list[str], int]:
        """The first ones, which are then gone, and how many remain."""


class MemoryQueue:
    def __init__(self) -> None:
        self.entries: deque[tuple[float, str]] = deque()
        self.lock = threading.Lock()

    def push(self, entry: str) -> int:
        with self.lock:
            while self.entries and self.entries[0][0] < time.monotonic() - settings.SNAPSHOT_TTL_S:
                self.entries.popleft()
            self.entries.append((time.monotonic(), entry))
            while len(self.entries) > LENGTH:
                self.entries.popleft()
            return len(self.entries)

    def take(self, count: int) -> tuple[list[str], int]:
        with self.lock:
            taken = [self.entries.popleft()[1] for _ in range(min(count, len(self.entries)))]
            return taken, len(self.entries)


class RedisQueue:
    def push(self, entry: str) -> int:
        pipe = processes.redis().pipeline(transaction=False)
        pipe.rpush(QUEUE, entry)
        pipe.expire(QUEUE, settings.SNAPSHOT_TTL_S)
        length, _ = pipe.execute()
        if length > LENGTH:
            processes.redis().ltrim(QUEUE, -LENGTH, -1)
        return length

    def take(self, count: int) -> tuple[list[str], int]:
        pipe = processes.redis().pipeline()
        pipe.lpop(QUEUE, count)
        pipe.llen(QUEUE)
        taken, remaining = pipe.execute()
        return [entry.decode() for entry in taken or []], remaining


@cache
def _memory() -> MemoryQueue:
    return MemoryQueue()


def push(waiting: Waiting) -> bool:
    """Add to the queue. True if a worker is to be called: for the first that waits, and, should a call have been lost,
    for every SNAPSHOT_BATCH-th. A worker that leaves some behind calls the next one itself."""
    snapshot = waiting.snapshot
    fields = [snapshot.session_id, snapshot.student_id, snapshot.seq]
    times = [_milliseconds(snapshot.captured_at), _milliseconds(snapshot.received_at)]
    length = _queue().push(json.dumps([*fields, *times, waiting.reply_channel]))
    return length == 1 or length % settings.SNAPSHOT_BATCH == 0


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
