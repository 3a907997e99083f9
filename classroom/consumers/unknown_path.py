from channels.generic.websocket import AsyncWebsocketConsumer

from classroom.consumers import close_codes


class UnknownPathConsumer(AsyncWebsocketConsumer):
    """Handles every path that has no socket. Without this, it would cause a traceback and a handshake that hangs."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(close_codes.NOT_FOUND)
