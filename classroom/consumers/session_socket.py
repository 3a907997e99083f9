import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.utils import translation
from prometheus_client import Gauge
from redis.exceptions import RedisError

from accounts.models import User
from classroom.consumers import close_codes
from classroom.consumers.database import ask_database
from classroom.consumers.language import language_of
from classroom.infra import circuit_breaker, events, metrics
from classroom.models import ClassSession
from classroom.models.attendance import HEARTBEAT
from classroom.tasks import background

logger = logging.getLogger(__name__)


class SessionSocket(AsyncJsonWebsocketConsumer):
    """A socket that belongs to one class session. Subclasses say who may open it and what happens then.

    Who may not is accepted and closed with a code at once: a refused handshake tells a page nothing.
    """

    session: ClassSession
    user: User
    joined = False
    open_sockets: Gauge | None = None

    # --- for subclasses

    def may_open(self) -> bool:
        raise NotImplementedError

    async def opened(self) -> None:
        raise NotImplementedError

    async def heartbeat(self) -> None:
        """Every HEARTBEAT while the socket is open and may be."""

    async def database_unavailable(self) -> None:
        """A heartbeat, or what another process told, could not be followed up."""

    async def closed(self) -> None:
        """The socket is gone, by whatever way."""

    def counts_as(self, kind: str) -> None:
        """Count the socket as open, until it closes."""
        self.open_sockets = metrics.SOCKETS.labels(kind)
        self.open_sockets.inc()
        if not settings.EMBEDDED:
            background.start_in_web_process()

    def session_groups(self) -> list[str]:
        return [events.session_group(self.session.pk), events.user_group(self.user.pk)]

    def in_background(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run beside the handlers until the socket closes. A job that fails closes it: the page then reconnects,
        where it would otherwise show figures that no longer change."""
        task = asyncio.create_task(self._guarded(job))
        self.jobs.add(task)
        task.add_done_callback(self.jobs.discard)
        return task

    # --- socket events

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.jobs: set[asyncio.Task[None]] = set()
        try:
            with translation.override(language_of(scope)):
                await super().__call__(scope, receive, send)
        finally:
            # Channels calls `disconnect` for a closed connection, but not where a handler has failed.
            await self._wind_up()

    async def dispatch(self, message: dict[str, Any]) -> None:
        try:
            await super().dispatch(message)
        except circuit_breaker.DATABASE_UNAVAILABLE as error:
            # What another process tells can wait; the socket that hears it must not end for that.
            if message["type"].startswith("websocket."):
                raise
            logger.warning("%s was not looked after in session %s: %s", message["type"], self.session.pk, error)
            await self.database_unavailable()

    async def connect(self) -> None:
        events.note_server_loop()
        await self.accept()
        if await self._is_refused():
            return
        self.sign_in = events.sign_in_digest(self.scope["session"].session_key)
        self.joined = True
        for group in self.session_groups():
            await self.channel_layer.group_add(group, self.channel_name)
        # Again: what changed before the groups were joined was told to others only.
        if await self._is_refused():
            return
        await self.opened()
        self.in_background(self._beat())

    async def disconnect(self, code: int) -> None:
        await self._wind_up()

    # --- group handlers

    async def session_ended(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "ended"})
        await self.close(close_codes.ENDED)

    async def user_signed_out(self, message: dict[str, Any]) -> None:
        if message["sign_in"] == self.sign_in:
            await self.close(close_codes.NOT_SIGNED_IN)

    async def sign_ins_changed(self, message: dict[str, Any]) -> None:
        """The password is another one: whoever is still signed in reconnects, others are refused then."""
        await self.close(close_codes.TRY_AGAIN)

    async def access_changed(self, message: dict[str, Any]) -> None:
        await self._is_refused()

    async def consent_changed(self, message: dict[str, Any]) -> None:
        """Concerns students only."""

    async def course_changed(self, message: dict[str, Any]) -> None:
        """The course was edited; whether it reads faces may be another."""

    # --- inside

    async def _is_refused(self) -> bool:
        """Close the socket, with the reason, if it may not be open (any longer)."""
        code = await ask_database(self._refusal)
        if code == close_codes.ENDED and self.joined:
            await self.session_ended({})
        elif code is not None:
            await self.close(code)
        return code is not None

    def _refusal(self) -> int | None:
        user = User.objects.filter(pk=self.scope["user"].pk, is_active=True).first()
        if user is None:
            return close_codes.NOT_SIGNED_IN
        found = ClassSession.objects.select_related("course").filter(pk=self.scope["url_route"]["kwargs"]["pk"]).first()
        if found is None:
            return close_codes.NO_SUCH_SESSION
        self.user, self.session = user, found
        if not self.may_open():
            return close_codes.FORBIDDEN
        return None if found.is_running else close_codes.ENDED

    async def _beat(self) -> None:
        """A message about the session's end, or one's access, may be lost; so both are looked at again and again."""
        while True:
            await asyncio.sleep(HEARTBEAT.total_seconds())
            try:
                if await self._is_refused():
                    return
                await self.heartbeat()
            except circuit_breaker.DATABASE_UNAVAILABLE as error:
                # The class goes on, and it is looked again at the next beat.
                logger.warning("A socket of session %s could not look whether it may stay: %s", self.session.pk, error)
                await self.database_unavailable()
            except RedisError as error:
                # Away, or full: no reason to send anyone away.
                logger.warning("A heartbeat of session %s could not be noted: %s", self.session.pk, error)

    async def _guarded(self, job: Coroutine[Any, Any, None]) -> None:
        try:
            await job
        except Exception:
            logger.exception("A socket of session %s is closed after an error.", self.session.pk)
            await self.close(close_codes.FAILED)

    async def _wind_up(self) -> None:
        for job in list(self.jobs):
            job.cancel()
        if not self.joined:
            return
        self.joined = False
        if self.open_sockets:
            self.open_sockets.dec()
        for group in self.session_groups():
            await self._leave(group)
        await self.closed()

    async def _leave(self, group: str) -> None:
        try:
            await self.channel_layer.group_discard(group, self.channel_name)
        except Exception:
            # Redis is away, and with it the membership. What else ends with a socket must not be left out.
            logger.exception("A socket of session %s could not leave its group.", self.session.pk)
