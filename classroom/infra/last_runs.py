"""When a scheduled job last finished. Only the cache holds this, so after a restart of Redis, or of an embedded server,
it is unknown until the next run."""

from datetime import datetime

from django.core.cache import cache

RETENTION = "retention"


def record_run(name: str, *, now: datetime) -> None:
    cache.set(f"last-run:{name}", now, None)


def last_run(name: str) -> datetime | None:
    return cache.get(f"last-run:{name}")
