"""Autobahn colours the texts of its debug log for every message that a socket receives or sends, even while that log is
off, as it always is under daphne."""

from typing import Any

from autobahn.twisted import websocket
from autobahn.websocket import protocol


def _plain(value: Any) -> Any:
    return value


def install() -> None:
    """Make Autobahn's sockets leave their debug texts as they are."""
    modules: list[Any] = [websocket, protocol]
    for module in modules:
        module.hltype = module.hlval = _plain
