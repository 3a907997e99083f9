from channels.generic.websocket import AsyncWebsocketConsumer

from classroom.consumers import close_codes


class UnknownPathConsumer(AsyncWebsocketConsumer):
    """Every path without a socket of its own, which would otherwise end in a traceback and a handshake that hangs."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(close_codes.NOT_FOUND)
