"""Counts what one user does, in the cache (with Redis, across all sockets and processes)."""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from classroom.infra.redis import redis_client

logger = logging.getLogger(__name__)

# More than a person can click: per user, across all sockets, and over HTTP if sockets are blocked.
MAX_COMMANDS_PER_MINUTE = 60
# A page without a socket polls once every five seconds, so this allows ten pages.
MAX_POLLS_PER_MINUTE = 120
MINUTE_S = 60

_clock = time.time


def count_event(name: str, key: int | str, *, period_s: int) -> int:
    """Count an event and return how many there were in the current period, 0 if the count is unavailable.

    Periods are fixed on the clock, so twice the expected number may happen around the end of one.
    """
    entry = f"count:{name}:{key}:{int(_clock() // period_s)}"
    try:
        return _increment(entry, period_s)
    except RedisError as error:
        # A limit that cannot be counted must not block anyone.
        logger.warning("%s of %s could not be counted: %s", name, key, error)
        return 0


def current_count(name: str, key: int | str, *, period_s: int) -> int:
    """Return the count of the current period without adding to it."""
    entry = f"count:{name}:{key}:{int(_clock() // period_s)}"
    try:
        if settings.EMBEDDED:
            return cache.get(entry, 0)
        return int(redis_client().get(entry) or 0)  # type: ignore[arg-type]
    except RedisError:
        return 0


def _increment(entry: str, period_s: int) -> int:
    if settings.EMBEDDED:
        cache.add(entry, 0, period_s)
        return cache.incr(entry)
    # One round trip, which the cache's own incr() is not.
    pipe = redis_client().pipeline()
    pipe.incr(entry)
    pipe.expire(entry, period_s)
    return pipe.execute()[0]
