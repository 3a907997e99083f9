"""How consumers reach the database."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

from classroom.infra import circuit_breaker

P = ParamSpec("P")
R = TypeVar("R")


async def ask_database(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function on the thread that all consumers share for the database, through the circuit breaker: while
    the database is unavailable, that thread must not spend seconds on each of them.

    Raises one of circuit_breaker.DATABASE_UNAVAILABLE.
    """
    return await database_sync_to_async(circuit_breaker.call)(call, *args, **kwargs)
