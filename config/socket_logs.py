"""Autobahn colours the texts of its debug log for every message that a socket receives or sends, even while that log is
off, as it always is under daphne."""

from typing import Any

from autobahn.twisted import websocket
from autobahn.websocket import protocol


def _plain(value: Any) -> Any:
    return value


def install() -> None:
    """Stop Autobahn's sockets from colouring their debug texts."""
    modules: list[Any] = [websocket, protocol]
    for module in modules:
        module.hltype = module.hlval = _plain
