"""The student's socket. Protocol: docs/architecture.md."""

import asyncio
import contextlib
import json
import logging
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from classroom import events, snapshots
from classroom.consumers import analysis, close_codes
from classroom.consumers.manners import Manners
from classroom.consumers.session_socket import SessionSocket
from classroom.domain.attendance import NoConsent, SessionEnded, join_session, leave_session, set_camera, stay_is_alive
from classroom.domain.permissions import may_attend
from classroom.models import Stay
from classroom.snapshots import Frame, SnapshotRefused

logger = logging.getLogger(__name__)

# A credit without an outcome after this long is given up: the browser, or the task, has lost it.
CREDIT_EXPIRES_S = 10


class StudentConsumer(SessionSocket):
    stay: Stay | None = None
    seq = 0
    credit_open = False
    leaves_by_choice = False
    pacing: asyncio.Task | None = None
    submitting: asyncio.Task | None = None

    def may_open(self) -> bool:
        return may_attend(self.user, self.session)

    def session_groups(self) -> list[str]:
        return [*super().session_groups(), events.student_group(self.session.pk, self.user.pk)]

    # --- socket events

    async def opened(self) -> None:
        self.manners = Manners()
        self.settled = asyncio.Event()
        try:
            self.stay = await database_sync_to_async(join_session)(
                session=self.session, student=self.user, now=timezone.now()
            )
        except SessionEnded:
            await self.session_ended({})
            return
        group = events.student_group(self.session.pk, self.user.pk)
        await self.channel_layer.group_send(group, {"type": "student.replaced", "stay": self.stay.pk})
        await self.send_json(self._welcome(self.stay))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if self.stay is None:
            return
        try:
            if bytes_data is not None:
                await self._take_frame(bytes_data)
            else:
                await self._obey(text_data or "")
        except SnapshotRefused as refused:
            await self._refuse(refused)

    async def heartbeat(self) -> None:
        if self.stay and not await database_sync_to_async(stay_is_alive)(stay=self.stay, now=timezone.now()):
            await self.close(close_codes.REPLACED)

    async def closed(self) -> None:
        if self.stay is None:
            return
        has_left = await database_sync_to_async(leave_session)(
            stay=self.stay, by_choice=self.leaves_by_choice, now=timezone.now()
        )
        # A device that was replaced must not throw away the snapshot of the one that replaced it.
        if has_left:
            await analysis.discard(session_id=self.session.pk, student_id=self.user.pk)

    # --- commands

    async def _obey(self, text: str) -> None:
        commands = {"start": self.start, "pause": self.pause, "leave": self.leave}
        try:
            command = commands[json.loads(text)["type"]]
        except (ValueError, TypeError, RecursionError):
            raise SnapshotRefused("text_frame", "Snapshots travel as binary messages, not as text.") from None
        except KeyError:
            raise SnapshotRefused("unknown_command", "The page sent a command this server does not know.") from None
        if self.manners.is_restless():
            await self.close(close_codes.FLOOD)
            return
        await command()

    async def start(self) -> None:
        try:
            camera = await database_sync_to_async(set_camera)(stay=self.stay, on=True, now=timezone.now())
        except NoConsent:
            self._stop_pacing()
            await self.send_json({"type": "camera", "camera": "no_consent"})
            raise SnapshotRefused("no_consent", "You have not agreed to the reading of your expression.") from None
        await self.send_json({"type": "camera", "camera": camera})
        if self.pacing is None or self.pacing.done():
            self.pacing = self.in_background(self._pace())

    async def pause(self) -> None:
        self._stop_pacing()
        await analysis.discard(session_id=self.session.pk, student_id=self.user.pk)
        camera = await database_sync_to_async(set_camera)(stay=self.stay, on=False, now=timezone.now())
        await self.send_json({"type": "camera", "camera": camera})

    async def leave(self) -> None:
        self.leaves_by_choice = True
        await self.close()

    # --- group handlers

    async def snapshot_result(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "result", **message["result"]})
        self._settle(message["result"]["seq"])

    async def snapshot_dropped(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "dropped", "seq": message["seq"], "reason": message["reason"]})
        self._settle(message["seq"])
        if message["reason"] == "no_consent":
            await self.pause()
        elif message["reason"] == "ended":
            await self._is_refused()

    async def student_replaced(self, message: dict[str, Any]) -> None:
        if self.stay and message["stay"] > self.stay.pk:
            await self.close(close_codes.REPLACED)

    async def consent_changed(self, message: dict[str, Any]) -> None:
        if self.stay:
            await self.pause()

    # --- credits

    async def _pace(self) -> None:
        """Grant one credit at a time: the next when the last is settled and the interval is over."""
        if not analysis.is_warm():
            await self.send_json({"type": "warming"})
        await analysis.warm()
        loop = asyncio.get_running_loop()
        while True:
            granted_at = loop.time()
            await self._grant()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.settled.wait(), CREDIT_EXPIRES_S)
            await asyncio.sleep(max(0.0, granted_at + settings.SNAPSHOT_INTERVAL_MS / 1000 - loop.time()))

    async def _grant(self) -> None:
        self.seq += 1
        self.credit_open = True
        self.settled.clear()
        await self.send_json(
            {
                "type": "capture",
                "seq": self.seq,
                "interval_ms": settings.SNAPSHOT_INTERVAL_MS,
                "quality": settings.SNAPSHOT_QUALITY,
                "width": settings.SNAPSHOT_WIDTH,
            }
        )

    def _settle(self, seq: int) -> None:
        if seq == self.seq:
            self.credit_open = False
            self.settled.set()

    def _stop_pacing(self) -> None:
        self.credit_open = False
        for task in (self.pacing, self.submitting):
            if task:
                task.cancel()
        self.pacing = self.submitting = None

    # --- frames

    async def _take_frame(self, message: bytes) -> None:
        frame = snapshots.parse_frame(message)
        if self.pacing is None:
            raise SnapshotRefused("paused", "Your camera is paused, so this snapshot was not taken.")
        if not self.credit_open or frame.seq != self.seq:
            raise SnapshotRefused("not_requested", "The server had not asked for this snapshot.")
        self.credit_open = False
        self.manners.behaved()
        # Not awaited: embedded, the analysis happens meanwhile, and a pause must not wait for it.
        self.submitting = self.in_background(self._submit(frame))

    async def _submit(self, frame: Frame) -> None:
        now_ms = int(timezone.now().timestamp() * 1000)
        try:
            await analysis.submit(
                session_id=self.session.pk,
                student_id=self.user.pk,
                frame=frame,
                received_ms=now_ms,
                reply_channel=self.channel_name,
            )
        except Exception:
            logger.exception("A snapshot of session %s could not be handed over.", self.session.pk)
            await self.snapshot_dropped({"seq": frame.seq, "reason": "failed"})

    async def _refuse(self, refused: SnapshotRefused) -> None:
        await self.send_json({"type": "refused", "seq": self.seq, "code": refused.code, "detail": str(refused)})
        code = self.manners.misbehaved(refused.code)
        if code is not None:
            await self.close(code)
        elif self.credit_open and refused.code not in ("not_requested", "text_frame", "unknown_command"):
            self._settle(self.seq)

    # --- inside

    def _welcome(self, stay: Stay) -> dict[str, Any]:
        return {
            "type": "welcome",
            "session": {
                "id": self.session.pk,
                "course": self.session.course.name,
                "topic": self.session.topic,
                "started_at": self.session.started_at.timestamp(),
            },
            "student": {"id": self.user.pk, "name": self.user.name},
            "camera": stay.attendance.camera,
            "limits": {
                "max_bytes": settings.SNAPSHOT_MAX_BYTES,
                "max_width": settings.SNAPSHOT_MAX_WIDTH,
                "max_height": settings.SNAPSHOT_MAX_HEIGHT,
            },
        }
