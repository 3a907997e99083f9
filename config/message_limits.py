"""Limits on what one WebSocket may send, in daphne, which takes in messages faster than the application handles them.

A page sends a few messages a second at most: a dashboard confirms up to twenty updates. Browsers send no pings, and one
pong for each of daphne's.
"""

import time
from typing import Any

from daphne import ws_protocol

MESSAGES_PER_MINUTE = 1800
CONTROL_FRAMES_PER_MINUTE = 60
MINUTE_S = 60
# classroom.consumers.close_codes.FLOOD: the page does not reconnect.
FLOOD = 4429


class BoundedWebSocket(ws_protocol.WebSocketProtocol):
    """A WebSocket that is closed after too many messages, or pings and pongs, within a minute."""

    minute_began_at = 0.0
    messages = 0
    control_frames = 0

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        self._begin_minute()
        self.messages += 1
        if self.messages > MESSAGES_PER_MINUTE:
            self._refuse()
        else:
            super().onMessage(payload, isBinary)

    def onPing(self, payload: bytes) -> None:
        if self._may_handle_control_frame():
            super().onPing(payload)

    def onPong(self, payload: bytes) -> None:
        if self._may_handle_control_frame():
            super().onPong(payload)

    def _may_handle_control_frame(self) -> bool:
        self._begin_minute()
        self.control_frames += 1
        if self.control_frames > CONTROL_FRAMES_PER_MINUTE:
            self._refuse()
            return False
        return True

    def _begin_minute(self) -> None:
        now = time.monotonic()
        if now - self.minute_began_at > MINUTE_S:
            self.minute_began_at, self.messages, self.control_frames = now, 0, 0

    def _refuse(self) -> None:
        transport: Any = self.transport
        self.sendClose(FLOOD)
        # Nothing more is read, not even what has already arrived.
        transport.pauseProducing()


def install() -> None:
    """Make daphne build bounded WebSockets."""
    ws_protocol.WebSocketFactory.protocol = BoundedWebSocket
