"""Settings of the services that DATABASE_URL and REDIS_URL select: Postgres or SQLite, Redis or in-process."""

import socket
from pathlib import Path
from typing import Any

# A machine that vanishes closes no connections. By itself, Linux waits 15 minutes for an answer to what was sent, and
# probes a connection that only listens after two hours. Here it probes after IDLE seconds, every INTVL, CNT times.
PROBES = {"IDLE": 5, "INTVL": 2, "CNT": 3}
# Without these, a call to an unavailable Redis hangs forever.
REDIS_TIMEOUTS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    # Linux has all of them, macOS some.
    "socket_keepalive_options": {
        getattr(socket, f"TCP_KEEP{name}"): number
        for name, number in PROBES.items()
        if hasattr(socket, f"TCP_KEEP{name}")
    },
}
REDIS_BROKER_OPTIONS = {
    **REDIS_TIMEOUTS,
    # With emulated acknowledgements a worker records each task that it fetches and removes the record when a child
    # accepts the task: two round trips during which it fetches nothing. Without them a killed worker loses the tasks it
    # has fetched, but every task here is sent again anyway.
    "ack_emulation": False,
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.4,
}
POSTGRES_TIMEOUTS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 5000,  # in milliseconds
    "keepalives_idle": PROBES["IDLE"],
    "keepalives_interval": PROBES["INTVL"],
    "keepalives_count": PROBES["CNT"],
}
# Prepares only what classroom/infra/compiled_sql.py asks for, not other queries that happen to repeat.
PREPARE_THRESHOLD = 1_000_000


def postgres(database: dict[str, Any], *, pool_size: int, prepares: bool = False) -> dict[str, Any]:
    """Complete the settings that django-environ reads from DATABASE_URL. A pool size of 0 means no pool.

    Under ASGI threads come and go, so connections live in psycopg's pool. A Celery worker has one thread, and Celery
    closes the pool around every task; DATABASE_POOL_SIZE=0 makes it keep one connection instead.
    """
    # A server that accepts no writes counts as unavailable. Given several hosts, the driver picks one that does.
    options = {**POSTGRES_TIMEOUTS, "target_session_attrs": "read-write", **database.get("OPTIONS", {})}
    if prepares:
        options["prepare_threshold"] = PREPARE_THRESHOLD
    if pool_size:
        # The pool doubles its delay after each failed attempt. Giving up early lets the next query start over.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 5}
    return {
        **database,
        "ENGINE": "config.postgres",
        # Detects a connection that a restart of Postgres has closed before a query fails on it.
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
            # SQLite counts as unavailable once another process has held the lock for this many seconds.
            "timeout": 2,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # A file, because the threads of a test would lock each other's tables in an in-memory database.
        "TEST": {"NAME": test_file},
    }


def with_certificate_check(url: str, certificate: str) -> str:
    """Add the certificate check to a Redis URL in a form that Django, Channels and Celery all understand."""
    if not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs={certificate}"


def redis_cache(url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "OPTIONS": {
            **REDIS_TIMEOUTS,
            # A request or a socket's command asks the cache several times, and the page waits ten seconds.
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
            "pool_class": "classroom.infra.redis_pool.BreakerPool",
            "serializer": "config.cache_json.JSONSerializer",
        },
        "KEY_PREFIX": "attune",
        # Version 1 was pickled. During an upgrade, old and new processes do not read each other's values.
        "VERSION": 2,
    }


def process_cache() -> dict[str, Any]:
    return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}


def redis_channels(url: str) -> dict[str, Any]:
    """The Pub/Sub layer: after a restart of Redis it resubscribes, while the default layer's receiver dies."""
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": url, **REDIS_TIMEOUTS}]},
    }
