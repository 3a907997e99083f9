import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import timezone, translation
from prometheus_client import Gauge
from redis.exceptions import RedisError

from accounts.browser_sessions.sign_outs import is_signed_in
from accounts.models import User
from classroom.consumers import close_codes
from classroom.consumers.abuse_guard import user_exceeds_connection_rate
from classroom.consumers.database import database_call
from classroom.consumers.dispatching import dispatch_each
from classroom.consumers.language import language_from_scope
from classroom.infra import circuit_breaker, events, metrics
from classroom.infra.event_types import (
    AccessChanged,
    ConsentChanged,
    CourseChanged,
    SessionEnded,
    SignInsChanged,
    UserSignedOut,
)
from classroom.infra.missed_heartbeats import note_missed
from classroom.models import ClassSession
from classroom.models.attendance import HEARTBEAT, HEARTBEAT_TIMEOUT
from classroom.tasks import background

logger = logging.getLogger(__name__)


class SessionSocket(AsyncJsonWebsocketConsumer):
    """A socket that belongs to one class session. Subclasses decide who may open it and what happens then.

    A client that may not connect is accepted, then closed immediately with a code, because a rejected handshake would
    give the page no reason.
    """

    session: ClassSession
    user: User
    sign_in: str
    joined = False
    admitted = False
    open_sockets: Gauge | None = None

    def __init__(self) -> None:
        super().__init__()
        self.jobs: set[asyncio.Task[None]] = set()

    # --- hooks for subclasses

    def may_open(self) -> bool:
        raise NotImplementedError

    def session_groups(self) -> list[str]:
        return [events.session_group(self.session.pk), events.user_group(self.user.pk)]

    async def opened(self) -> None:
        raise NotImplementedError

    async def heartbeat(self) -> None:
        """Called every HEARTBEAT while the socket is open and allowed."""

    async def database_unavailable(self) -> None:
        """Called when the database failed a heartbeat or the handling of a group message."""

    async def closed(self) -> None:
        """Called once when the socket is gone, for any reason."""

    # --- socket events

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            with translation.override(language_from_scope(scope)), suppress(StopConsumer):
                self.scope, self.base_send = scope, send
                self.channel_layer = get_channel_layer(self.channel_layer_alias)
                self.channel_name = await self.channel_layer.new_channel()
                await dispatch_each([receive, partial(self.channel_layer.receive, self.channel_name)], self.dispatch)
        finally:
            # Channels calls `disconnect` when the connection closes, but not when a handler has failed.
            await self._clean_up()

    async def connect(self) -> None:
        events.note_server_loop()
        user_id = self.scope["user"].pk
        # This count is cheaper than anything below, so it comes first.
        is_flood = user_id is not None and await user_exceeds_connection_rate(user_id)
        await self.accept()
        if is_flood:
            await self.close(close_codes.FLOOD)
            return
        if not await self.ensure_access():
            return
        self.sign_in = events.sign_in_digest(self.scope["session"].session_key)
        self.joined = True
        for group in self.session_groups():
            await self.channel_layer.group_add(group, self.channel_name)
        # Check again: a message about a change made before the groups were joined did not reach this socket.
        if not await self.ensure_access():
            return
        self.admitted = True
        await self.opened()
        self.run_in_background(self._send_heartbeats())

    async def dispatch(self, message: dict[str, Any]) -> None:
        # For every message, Channels' own method first waits for the database thread to close old connections.
        # database_call does that only for messages that need the database.
        handler = getattr(self, get_handler_name(message), None)
        if handler is None:
            return  # Of the next version, during an upgrade. If it is numbered, the gap makes the dashboard reload.
        try:
            await handler(message)
        except circuit_breaker.DATABASE_UNAVAILABLE as error:
            # A group message can wait; it must not end the socket that receives it.
            if message["type"].startswith("websocket."):
                raise
            logger.warning("could not handle %s in session %s: %s", message["type"], self.session.pk, error)
            await self.database_unavailable()

    async def disconnect(self, code: int) -> None:
        await self._clean_up()

    # --- group handlers

    async def access_changed(self, message: AccessChanged) -> None:
        await self.ensure_access()

    async def user_signed_out(self, message: UserSignedOut) -> None:
        if message["sign_in"] == self.sign_in:
            await self.close(close_codes.NOT_SIGNED_IN)

    async def sign_ins_changed(self, message: SignInsChanged) -> None:
        """Password changed: close, so valid sessions reconnect and the rest are refused."""
        await self.close(close_codes.TRY_AGAIN)

    async def consent_changed(self, message: ConsentChanged) -> None:
        """Only the student's socket acts on it."""

    async def course_changed(self, message: CourseChanged) -> None:
        """The course was edited; its mode may have changed."""

    async def session_ended(self, message: SessionEnded) -> None:
        await self.close_as_ended()

    # --- for subclasses to call

    async def ensure_access(self) -> bool:
        """Load the user and the session. Return whether the socket may be open; if not, close it with the reason."""
        code = await database_call(self._check_access)
        if code == close_codes.ENDED and self.joined:
            await self.close_as_ended()
        elif code is not None:
            await self.close(code)
        return code is None

    async def close_as_ended(self) -> None:
        await self.send_json({"type": "ended"})
        await self.close(close_codes.ENDED)

    def count_as_open(self, kind: str) -> None:
        """Count the socket in the metrics until it closes."""
        self.open_sockets = metrics.SOCKETS.labels(kind)
        self.open_sockets.inc()
        if not settings.EMBEDDED:
            background.start_in_web_process()

    def run_in_background(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a job concurrently with the handlers until the socket closes. A job that fails closes the socket, so that
        the page reconnects instead of showing figures that no longer change."""

        async def run() -> None:
            try:
                await job
            except Exception:
                logger.exception("closing a socket of session %s after an error", self.session.pk)
                await self.close(close_codes.FAILED)

        task = asyncio.create_task(run())
        self.jobs.add(task)
        task.add_done_callback(self.jobs.discard)
        # If the socket closes before the task has begun, nobody awaits the job.
        task.add_done_callback(lambda _: job.close())
        return task

    # --- inside

    def _check_access(self) -> int | None:
        """Return the close code for a client that may not have the socket open."""
        user = User.objects.filter(pk=self.scope["user"].pk, is_active=True).first()
        if user is None:
            return close_codes.NOT_SIGNED_IN
        if not is_signed_in(user, self.scope["session"].session_key):
            # The browser may have a new session by now, for instance after a password change. The page's next attempt
            # has it, and anybody else is then refused.
            return close_codes.TRY_AGAIN if self.admitted else close_codes.NOT_SIGNED_IN
        found = ClassSession.objects.select_related("course").filter(pk=self.scope["url_route"]["kwargs"]["pk"]).first()
        if found is None:
            return close_codes.NOT_FOUND
        self.user, self.session = user, found
        if not self.may_open():
            # Strangers must not learn which sessions exist; participants know this one.
            return close_codes.FORBIDDEN if self.admitted else close_codes.NOT_FOUND
        return None if found.is_running else close_codes.ENDED

    async def _send_heartbeats(self) -> None:
        """Check access at every heartbeat: a message about the session's end or a change of access may be lost, and
        none is sent when a sign-in is deleted from the database."""
        while True:
            await asyncio.sleep(HEARTBEAT.total_seconds())
            try:
                if not await self.ensure_access():
                    return
                await self.heartbeat()
            except circuit_breaker.DATABASE_UNAVAILABLE as error:
                # The class goes on; the next heartbeat checks again.
                await database_sync_to_async(note_missed)(now=timezone.now(), holds_s=HEARTBEAT_TIMEOUT.total_seconds())
                logger.warning("could not check access of a socket in session %s: %s", self.session.pk, error)
                await self.database_unavailable()
            except RedisError as error:
                # Redis is unavailable or full, which is no reason to close the socket.
                logger.warning("could not record a heartbeat in session %s: %s", self.session.pk, error)

    async def _clean_up(self) -> None:
        for job in list(self.jobs):
            job.cancel()
        if not self.joined:
            return
        self.joined = False
        if self.open_sockets:
            self.open_sockets.dec()
        for group in self.session_groups():
            try:
                await self.channel_layer.group_discard(group, self.channel_name)
            except Exception:
                # Redis is unavailable, and so is the membership. The rest of the clean-up must still happen.
                logger.exception("could not remove a socket of session %s from its group", self.session.pk)
        await self.closed()
