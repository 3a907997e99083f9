"""Database access for consumers."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

from classroom.infra import circuit_breaker

P = ParamSpec("P")
R = TypeVar("R")


async def database_call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function on the database thread that all consumers share.

    The call goes through the circuit breaker: while the database is unavailable, that thread must not spend seconds on
    each call. Raises one of circuit_breaker.DATABASE_UNAVAILABLE.
    """
    return await database_sync_to_async(circuit_breaker.call)(function, *args, **kwargs)
