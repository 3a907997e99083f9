from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from accounts.models import User
from classroom import events
from classroom.consumers import close_codes
from classroom.models import ClassSession


class SessionSocket(AsyncJsonWebsocketConsumer):
    """A socket that belongs to one class session. Subclasses say who may open it and what happens then.

    Who may not is accepted and closed with a code at once: a refused handshake tells a page nothing.
    """

    session: ClassSession
    user: User
    joined: bool = False

    # --- socket events

    async def connect(self) -> None:
        events.note_server_loop()
        await self.accept()
        code = await self._refusal()
        if code is not None:
            await self.close(code)
            return
        self.sign_in = events.sign_in_digest(self.scope["session"].session_key)
        for group in self.session_groups():
            await self.channel_layer.group_add(group, self.channel_name)
        self.joined = True
        await self.opened()

    async def disconnect(self, code: int) -> None:
        if not self.joined:
            return
        self.joined = False
        for group in self.session_groups():
            await self.channel_layer.group_discard(group, self.channel_name)
        await self.closed(code)

    # --- for subclasses

    def may_open(self) -> bool:
        raise NotImplementedError

    async def opened(self) -> None:
        raise NotImplementedError

    async def closed(self, code: int) -> None:
        raise NotImplementedError

    def session_groups(self) -> list[str]:
        return [events.session_group(self.session.pk), events.user_group(self.user.pk)]

    # --- group handlers

    async def session_ended(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "ended"})
        await self.close(close_codes.ENDED)

    async def user_signed_out(self, message: dict[str, Any]) -> None:
        if message["sign_in"] == self.sign_in:
            await self.close(close_codes.NOT_SIGNED_IN)

    async def consent_changed(self, message: dict[str, Any]) -> None:
        """Concerns students only."""

    async def access_changed(self, message: dict[str, Any]) -> None:
        if not await database_sync_to_async(self.may_open)():
            await self.close(close_codes.FORBIDDEN)

    # --- inside

    async def _refusal(self) -> int | None:
        user = self.scope["user"]
        if not user.is_authenticated:
            return close_codes.NOT_SIGNED_IN
        self.user = user
        return await database_sync_to_async(self._find_session)()

    def _find_session(self) -> int | None:
        found = ClassSession.objects.select_related("course").filter(pk=self.scope["url_route"]["kwargs"]["pk"]).first()
        if found is None:
            return close_codes.NO_SUCH_SESSION
        self.session = found
        if not self.may_open():
            return close_codes.FORBIDDEN
        return None if found.is_running else close_codes.ENDED
