"""A circuit breaker around the database: after one failed attempt, calls fail at once for a few seconds."""

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

DATABASE_UNAVAILABLE = (OperationalError, InterfaceError)
# An attempt to connect may take seconds, which no live view can spend on every snapshot.
RETRY_AFTER_S = 3.0

_open_until = 0.0


def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function that needs the database and may safely run twice.

    Raises one of DATABASE_UNAVAILABLE, immediately for RETRY_AFTER_S after an attempt that failed.
    """
    global _open_until
    if time.monotonic() < _open_until:
        raise OperationalError("The database did not answer a moment ago.")
    had_connection = connection.connection is not None
    try:
        try:
            return function(*args, **kwargs)
        except DATABASE_UNAVAILABLE:
            # A connection that a restart has cut keeps failing until somebody closes it.
            if not had_connection or not _close_connection():
                raise
            return function(*args, **kwargs)
    except DATABASE_UNAVAILABLE:
        _open_until = time.monotonic() + RETRY_AFTER_S
        _close_connection()
        raise


def reset() -> None:
    """Close the circuit: the next call tries the database again."""
    global _open_until
    _open_until = 0.0


def _close_connection() -> bool:
    """Close the connection unless a transaction is open on it. Returns whether it is closed."""
    if connection.in_atomic_block:
        return False
    connection.close()
    return True
