"""The write-behind buffer of readings that wait for the database: in Redis for all processes, or in this process.

Entries are JSON texts without any image, oldest first. Both stores are bounded: they reject what does not fit.
"""

import threading
from collections import deque
from typing import Protocol

from django.conf import settings

from classroom.infra.redis import redis_client

ENTRIES = "attune:kept-readings"


class PendingStore(Protocol):
    def add(self, entry: str) -> bool:
        """Append the entry. Returns False when the store is full."""

    def oldest(self, count: int) -> list[str]: ...

    def remove(self, entry: str) -> None: ...

    def size(self) -> int: ...


class MemoryPendingStore:
    def __init__(self) -> None:
        self.entries: deque[str] = deque()
        self.lock = threading.Lock()

    def add(self, entry: str) -> bool:
        with self.lock:
            if len(self.entries) >= settings.KEPT_READINGS_MAX:
                return False
            self.entries.append(entry)
            return True

    def oldest(self, count: int) -> list[str]:
        with self.lock:
            return list(self.entries)[:count]

    def remove(self, entry: str) -> None:
        with self.lock:
            if entry in self.entries:
                self.entries.remove(entry)

    def size(self) -> int:
        return len(self.entries)


class RedisPendingStore:
    def add(self, entry: str) -> bool:
        # Concurrent workers may pass the limit by one entry each.
        if self.size() >= settings.KEPT_READINGS_MAX:
            return False
        pipe = redis_client().pipeline()
        pipe.rpush(ENTRIES, entry)
        pipe.expire(ENTRIES, settings.KEPT_READINGS_S)
        pipe.execute()
        return True

    def oldest(self, count: int) -> list[str]:
        entries: list[bytes] = redis_client().lrange(ENTRIES, 0, count - 1)  # type: ignore[assignment]
        return [entry.decode() for entry in entries]

    def remove(self, entry: str) -> None:
        redis_client().lrem(ENTRIES, 1, entry)

    def size(self) -> int:
        return int(redis_client().llen(ENTRIES))  # type: ignore[arg-type]


_memory = MemoryPendingStore()


def pending_store() -> PendingStore:
    return _memory if settings.EMBEDDED else RedisPendingStore()
