"""The shelf of readings that wait for the database: in Redis for all processes, or in this process's memory.

Entries are JSON texts without any image, oldest first. Both shelves are bounded: what does not fit is not kept.
"""

import threading
from collections import deque
from typing import Protocol

from django.conf import settings

from classroom.infra.redis import redis_client

SHELF = "attune:kept-readings"


class Shelf(Protocol):
    def add(self, entry: str) -> bool: ...

    def oldest(self, count: int) -> list[str]: ...

    def remove(self, entry: str) -> None: ...

    def size(self) -> int: ...


class MemoryShelf:
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


class RedisShelf:
    def add(self, entry: str) -> bool:
        # Workers side by side may pass the limit by one entry each.
        if self.size() >= settings.KEPT_READINGS_MAX:
            return False
        pipe = redis_client().pipeline()
        pipe.rpush(SHELF, entry)
        pipe.expire(SHELF, settings.KEPT_READINGS_S)
        pipe.execute()
        return True

    def oldest(self, count: int) -> list[str]:
        found: list[bytes] = redis_client().lrange(SHELF, 0, count - 1)  # type: ignore[assignment]
        return [entry.decode() for entry in found]

    def remove(self, entry: str) -> None:
        redis_client().lrem(SHELF, 1, entry)

    def size(self) -> int:
        return int(redis_client().llen(SHELF))  # type: ignore[arg-type]


_memory = MemoryShelf()


def shelf() -> Shelf:
    return _memory if settings.EMBEDDED else RedisShelf()
