"""Since when heartbeats could not be saved because the database was unavailable.

Sockets stay open meanwhile, so a stay without a heartbeat says nothing about its connection until everybody has had
time to send another one.
"""

import math
import time
from contextlib import suppress
from datetime import datetime

from django.core.cache import cache
from redis.exceptions import RedisError

KEY = "heartbeats-missed-since"
# Every socket of a process misses its heartbeats; the process notes it at most this often.
NOTE_EVERY_S = 5.0

_noted_at = -math.inf


def note_missed(*, now: datetime, holds_s: float) -> None:
    """Note that a heartbeat could not be saved, for `holds_s` from now. Without Redis, it is not noted."""
    global _noted_at
    if time.monotonic() - _noted_at < NOTE_EVERY_S:
        return
    _noted_at = time.monotonic()
    with suppress(RedisError):
        cache.set(KEY, cache.get(KEY) or now, holds_s)


def reset() -> None:
    """Let the next missed heartbeat of this process be noted at once."""
    global _noted_at
    _noted_at = -math.inf


def missed_since() -> datetime | None:
    """Return when the first one was missed, None if none was within the time noted or Redis does not answer."""
    with suppress(RedisError):
        return cache.get(KEY)
    return None
