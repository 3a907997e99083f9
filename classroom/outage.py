"""Telling that the database is away, and not asking it again at every snapshot while it is."""

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

DATABASE_AWAY = (OperationalError, InterfaceError)
# An attempt to connect may take seconds, which no live view can spend on every snapshot.
ASK_AGAIN_S = 3.0

_ask_again_at = 0.0


def ask(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call what needs the database and may be called twice. Raises one of DATABASE_AWAY, at once for ASK_AGAIN_S
    after it was found away."""
    global _ask_again_at
    if time.monotonic() < _ask_again_at:
        raise OperationalError("The database did not answer a moment ago.")
    had_connection = connection.connection is not None
    try:
        try:
            return call(*args, **kwargs)
        except DATABASE_AWAY:
            # A connection that a restart has cut fails once, and for ever where nobody closes it.
            if not had_connection or not _is_disconnected():
                raise
            return call(*args, **kwargs)
    except DATABASE_AWAY:
        _ask_again_at = time.monotonic() + ASK_AGAIN_S
        _is_disconnected()
        raise


def forget() -> None:
    """Ask at the next call again."""
    global _ask_again_at
    _ask_again_at = 0.0


def _is_disconnected() -> bool:
    """Close the connection, where no transaction is open on it."""
    if connection.in_atomic_block:
        return False
    connection.close()
    return True
