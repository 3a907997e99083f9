"""The application, as daphne loads it."""

from autobahn.twisted import websocket
from autobahn.websocket import protocol

import config.asgi  # noqa: F401


def test_debug_texts_of_sockets_are_not_coloured_for_each_message():
    assert [module.hlval("192.0.2.1") for module in (websocket, protocol)] == ["192.0.2.1"] * 2
    assert [module.hltype(module.hlval) for module in (websocket, protocol)] == [websocket.hlval] * 2
