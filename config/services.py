"""What DATABASE_URL and REDIS_URL switch between: Postgres or a file, Redis or this process alone."""

from pathlib import Path
from typing import Any

# A Redis that is away must cost a call seconds, not for ever.
REDIS_TIMEOUTS = {"socket_timeout": 5, "socket_connect_timeout": 3, "socket_keepalive": True}
REDIS_BROKER_OPTIONS = {
    **REDIS_TIMEOUTS,
    # A worker would write down each task that it fetches, and strike it out as soon as a child of its accepts it: two
    # round trips, in which it fetches nothing. A killed worker loses what it has fetched; all of it is called again.
    "ack_emulation": False,
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.4,
}


def postgres(database: dict[str, Any], *, pool_size: int) -> dict[str, Any]:
    """`database` as django-environ reads it from its URL, with what a server needs of it; 0 means no pool.

    Under ASGI threads come and go, so psycopg's pool keeps the connections. A Celery worker has one thread, and
    Celery closes a pool around every task: there DATABASE_POOL_SIZE=0 keeps the one connection instead.
    """
    options = {"connect_timeout": 5, **database.get("OPTIONS", {})}
    if pool_size:
        # The pool doubles its pause after each failed attempt; given up early, the next query begins anew.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 5}
    return {
        **database,
        # A connection that a restart of Postgres has cut is noticed before it is used, not by a failed query.
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0 if pool_size else None,
        "OPTIONS": options,
    }


def sqlite(file: Path, *, test_file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # In memory, threads of a test would lock each other's tables.
        "TEST": {"NAME": test_file},
    }


def checking_certificate(url: str, certificate: str) -> str:
    """A Redis URL in the form that all three of its readers check the server's certificate alike."""
    if not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs={certificate}"


def redis_cache(url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "OPTIONS": REDIS_TIMEOUTS,
        "KEY_PREFIX": "attune",
    }


def process_cache() -> dict[str, Any]:
    return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}


def redis_channels(url: str) -> dict[str, Any]:
    """Pub/Sub: it subscribes again by itself after a restart of Redis, where the default layer's receiver dies."""
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": url, **REDIS_TIMEOUTS}]},
    }
