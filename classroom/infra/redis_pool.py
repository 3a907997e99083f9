"""Connections to Redis, with a circuit breaker: after one that was not established in time, others fail at once for a
few seconds. Then one tries again, for all. Each attempt blocks its thread, and all sockets share one."""

import time
from typing import Any

from redis import ConnectionPool
from redis.exceptions import TimeoutError as RedisTimeout

RETRY_AFTER_S = 3.0

# By server, on the monotonic clock.
_open_until: dict[tuple[Any, ...], float] = {}


class BreakerPool(ConnectionPool):
    """A refused connection needs no breaker: it fails at once by itself."""

    def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        server = tuple(self.connection_kwargs.get(name) for name in ("host", "port", "path"))
        if time.monotonic() < _open_until.get(server, 0.0):
            raise RedisTimeout("Redis did not answer a moment ago.")
        if server in _open_until:
            _open(server)  # for all others while this one tries
        try:
            connection = super().get_connection(*args, **kwargs)
        except RedisTimeout:
            _open(server)
            raise
        _open_until.pop(server, None)
        return connection


def _open(server: tuple[Any, ...]) -> None:
    _open_until[server] = time.monotonic() + RETRY_AFTER_S
