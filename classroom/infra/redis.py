"""The Redis client that every process shares, for what the cache's interface cannot do."""

from functools import cache

from django.conf import settings
from redis import Redis

REDIS_TIMEOUT_S = 2


@cache
def redis_client() -> Redis:
    """Return the client of this process, connected on first use."""
    return Redis.from_url(settings.CACHE_URL, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)


def writes_to_disk(url: str) -> bool:
    """Return whether the server stores its data. Raises ResponseError if it does not allow the question."""
    with Redis.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S) as client:
        # One by one: Redis before 7 takes one name.
        save, append_only = (client.config_get(name)[name] for name in ("save", "appendonly"))
    return save != "" or append_only != "no"
