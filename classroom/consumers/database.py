"""The database as consumers ask it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

from classroom import outage

P = ParamSpec("P")
R = TypeVar("R")


async def ask_database(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call it on the thread for the database. All consumers share that one thread, so that while the database is
    away it must not spend seconds on each of them; see outage.py. Raises one of outage.DATABASE_AWAY."""
    return await database_sync_to_async(outage.ask)(call, *args, **kwargs)
