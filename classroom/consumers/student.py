"""The student's socket. Protocol: docs/architecture.md."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from classroom import snapshots
from classroom.consumers import analysis, close_codes
from classroom.consumers.abuse_guard import Manners
from classroom.consumers.credits import SnapshotCredits
from classroom.consumers.database import ask_database
from classroom.consumers.self_report import StudentVoice
from classroom.domain.attendance import (
    NoCameraCourse,
    NoConsent,
    SessionEnded,
    join_session,
    leave_session,
    record_heartbeat,
    set_camera,
)
from classroom.domain.permissions import may_attend
from classroom.infra import circuit_breaker, events, metrics
from classroom.models import Stay
from classroom.snapshots import MessageRejected
from classroom.tasks.follow_session import note_activity

# How soon a command is tried again that found the database away.
RETRY_S = 3
CONCERN_NO_CREDIT = ("not_requested", "text_frame", "unknown_command", "unknown_answer")


class StudentConsumer(SnapshotCredits, StudentVoice):
    stay: Stay | None = None
    leaves_by_choice = False
    retrying: asyncio.Task | None = None

    def may_open(self) -> bool:
        return may_attend(self.user, self.session)

    def session_groups(self) -> list[str]:
        return [*super().session_groups(), events.student_group(self.session.pk, self.user.pk)]

    # --- socket events

    async def opened(self) -> None:
        self.manners = Manners()
        self._prepare_credits()
        try:
            self.stay = await ask_database(join_session, session=self.session, student=self.user, now=timezone.now())
        except SessionEnded:
            await self.session_ended({})
            return
        self.counts_as("student")
        note_activity(self.session.pk)
        await events.publish_student_replaced(self.session.pk, self.user.pk, stay_id=self.stay.pk)
        await self.send_json(self._welcome(self.stay) | await self.voice())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if self.stay is None:
            return
        try:
            if bytes_data is not None:
                metrics.RECEIVED.inc()
                await self._take_frame(bytes_data)
            else:
                await self._obey(text_data or "")
        except MessageRejected as refused:
            await self._refuse(refused)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            detail = _("The server cannot do this right now, because its database is away.")
            await self.send_json({"type": "refused", "seq": self.seq, "code": "unavailable", "detail": detail})

    async def heartbeat(self) -> None:
        if self.stay and not await ask_database(record_heartbeat, stay=self.stay, now=timezone.now()):
            await self.close(close_codes.REPLACED)
        elif self.pacing and not self.session.course.reads_faces:
            await self.pause()

    async def database_unavailable(self) -> None:
        if self.pacing:
            await analysis.renew(session_id=self.session.pk, student_id=self.user.pk)

    async def closed(self) -> None:
        if self.stay is None:
            return
        try:
            has_left = await ask_database(
                leave_session, stay=self.stay, by_choice=self.leaves_by_choice, now=timezone.now()
            )
        except circuit_breaker.DATABASE_UNAVAILABLE:
            has_left = True  # the stay ends by itself, as one that was not heard of any more
        # A device that was replaced must not throw away the snapshot of the one that replaced it.
        if has_left:
            note_activity(self.session.pk)
            await analysis.discard(session_id=self.session.pk, student_id=self.user.pk)

    # --- commands

    async def _obey(self, text: str) -> None:
        commands = {
            "start": self.start,
            "pause": self.pause,
            "leave": self.leave,
            "say": lambda: self.say(message),
            "hand": lambda: self.hand(message),
        }
        message: Any
        try:
            message = json.loads(text)
            command = commands[message["type"]]
        except (ValueError, TypeError, RecursionError):
            raise MessageRejected("text_frame", _("Snapshots travel as binary messages, not as text.")) from None
        except KeyError:
            raise MessageRejected("unknown_command", _("The page sent a command this server does not know.")) from None
        if self.manners.is_restless():
            await self.close(close_codes.FLOOD)
            return
        await command()

    async def start(self) -> None:
        self._forget_retry()
        try:
            camera = await self._switch_camera(on=True)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            # Nobody can say whether she has agreed. It goes on by itself once that is known.
            self._try_again(self.start)
            raise
        except NoCameraCourse:
            raise _no_camera_course() from None
        except NoConsent:
            self._stop_pacing()
            await self.send_json({"type": "camera", "camera": "no_consent"})
            raise MessageRejected("no_consent", _("You have not agreed to the reading of your expression.")) from None
        await self.send_json({"type": "camera", "camera": camera})
        self._start_pacing()

    async def pause(self) -> None:
        self._stop_pacing()
        self._forget_retry()
        await analysis.discard(session_id=self.session.pk, student_id=self.user.pk)
        try:
            camera = await self._switch_camera(on=False)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            camera = "paused"  # it is, whatever the database says until it hears of it
            self._try_again(self.pause)
        await self.send_json({"type": "camera", "camera": camera})

    async def leave(self) -> None:
        self.leaves_by_choice = True
        await self.close()

    # --- group handlers

    async def snapshot_dropped(self, message: dict[str, Any]) -> None:
        await super().snapshot_dropped(message)
        if message["reason"] in ("no_consent", "no_camera_course"):
            await self.pause()
        elif message["reason"] == "ended":
            await self._is_refused()

    async def student_replaced(self, message: dict[str, Any]) -> None:
        if self.stay and message["stay"] > self.stay.pk:
            await self.close(close_codes.REPLACED)

    async def consent_changed(self, message: dict[str, Any]) -> None:
        if self.stay:
            await self.pause()

    async def course_changed(self, message: dict[str, Any]) -> None:
        read_faces = self.session.course.reads_faces
        if await self._is_refused() or self.session.course.reads_faces == read_faces:
            return
        if self.stay:
            await self.pause()

    # --- frames

    async def _take_frame(self, message: bytes) -> None:
        if not self.session.course.reads_faces:
            raise _no_camera_course()
        frame = snapshots.parse_frame(message)
        if self.pacing is None:
            raise MessageRejected("paused", _("Your camera is paused, so this snapshot was not taken."))
        if not self.credit_open or frame.seq != self.seq:
            raise MessageRejected("not_requested", _("The server had not asked for this snapshot."))
        self.manners.behaved()
        self._hand_over(frame)

    async def _refuse(self, refused: MessageRejected) -> None:
        metrics.REFUSED.labels(refused.code).inc()
        await self.send_json({"type": "refused", "seq": self.seq, "code": refused.code, "detail": str(refused)})
        code = self.manners.misbehaved(refused.code)
        if code is not None:
            await self.close(code)
        elif self.credit_open and refused.code not in CONCERN_NO_CREDIT:
            self._settle(self.seq)

    # --- inside

    async def _switch_camera(self, *, on: bool) -> str:
        stay = cast(Stay, self.stay)  # without one nothing is obeyed
        return await ask_database(set_camera, stay=stay, on=on, now=timezone.now())

    def _try_again(self, command: Callable[[], Awaitable[None]]) -> None:
        self.retrying = self.in_background(self._after_a_moment(command))

    def _forget_retry(self) -> None:
        if self.retrying and self.retrying is not asyncio.current_task():
            self.retrying.cancel()
        self.retrying = None

    async def _after_a_moment(self, command: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(RETRY_S)
        try:
            await command()
        except MessageRejected as refused:
            await self._refuse(refused)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            return  # the command has seen to its next try

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
            "camera": stay.attendance.camera if self.session.course.reads_faces else "none",
            "limits": {
                "max_bytes": settings.SNAPSHOT_MAX_BYTES,
                "max_width": settings.SNAPSHOT_MAX_WIDTH,
                "max_height": settings.SNAPSHOT_MAX_HEIGHT,
            },
        }


def _no_camera_course() -> MessageRejected:
    return MessageRejected("no_camera_course", _("This course uses no camera."))
