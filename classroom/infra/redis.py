"""The Redis client that every process shares, for what the cache's interface cannot do."""

from functools import cache

from django.conf import settings
from redis import Redis

from classroom.infra.redis_pool import BreakerPool

REDIS_TIMEOUT_S = 2
# Celery's default queue is a list of this name.
CELERY_QUEUE = "celery"


@cache
def redis_client() -> Redis:
    """Return the client of this process, connected on first use."""
    return _client(settings.CACHE_URL)


@cache
def channels_client() -> Redis:
    """Return this process's client of the channel layer's Redis."""
    if settings.CHANNEL_URL == settings.CACHE_URL:
        return redis_client()
    return _client(settings.CHANNEL_URL)


def waiting_tasks() -> int:
    """Return how many tasks wait in the broker for a worker."""
    with _client(settings.BROKER_URL) as client:
        return int(client.llen(CELERY_QUEUE))


def writes_to_disk(url: str) -> bool:
    """Return whether the server stores its data on disk. Raises ResponseError if it does not allow the question."""
    with _client(url) as client:
        # One by one: before version 7, Redis takes only one name.
        save, append_only = (client.config_get(name)[name] for name in ("save", "appendonly"))
    return save != "" or append_only != "no"


def _client(url: str) -> Redis:
    pool = BreakerPool.from_url(url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S)
    return Redis.from_pool(pool)
