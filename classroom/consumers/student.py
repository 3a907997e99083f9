"""The student's socket. Protocol: docs/protocol.md."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from classroom import snapshots
from classroom.consumers import analysis, close_codes, refusals
from classroom.consumers.abuse_guard import AbuseGuard, user_exceeds_command_rate
from classroom.consumers.credits import SnapshotCredits
from classroom.consumers.database import database_call
from classroom.consumers.responses import StudentResponses
from classroom.domain.attendance import (
    NoCameraCourse,
    NoConsent,
    SessionEnded,
    join_session,
    leave_session,
    record_heartbeat,
    set_camera,
)
from classroom.domain.consent.consents import consent_in_class
from classroom.domain.permissions import may_attend
from classroom.infra import circuit_breaker, events, metrics
from classroom.infra.event_types import ConsentChanged, CourseChanged, SnapshotDropped, StudentReplaced
from classroom.models import Stay
from classroom.snapshots import MessageRejected
from classroom.tasks.follow_session import note_activity

# How soon to retry a command that found the database unavailable.
RETRY_S = 3
COMMANDS = frozenset({"start", "pause", "say", "hand", "leave", "ping"})
# Refusals after which the open credit still holds: they reject something other than its snapshot.
LEAVES_CREDIT_OPEN = ("not_requested", "text_frame", "unknown_command", "unknown_answer")


class StudentConsumer(SnapshotCredits, StudentResponses):
    stay: Stay | None = None
    leaves_by_choice = False
    retrying: asyncio.Task | None = None

    def __init__(self) -> None:
        super().__init__()
        self.abuse_guard = AbuseGuard()

    def may_open(self) -> bool:
        return may_attend(self.user, self.session)

    def session_groups(self) -> list[str]:
        return [*super().session_groups(), events.student_group(self.session.pk, self.user.pk)]

    # --- socket events

    async def opened(self) -> None:
        try:
            self.stay = await database_call(join_session, session=self.session, student=self.user, now=timezone.now())
        except SessionEnded:
            await self.close_as_ended()
            return
        self.count_as_open("student")
        note_activity(self.session.pk)
        await events.publish_student_replaced(
            self.session.pk, self.user.pk, stay_id=self.stay.pk, connection=self.stay.connection
        )
        await self.send_json(self._welcome(self.stay) | await self.current_responses())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if self.stay is None:
            return
        try:
            if bytes_data is not None:
                metrics.RECEIVED.inc()
                self._receive_frame(bytes_data)
            else:
                await self._receive_command(text_data or "")
        except MessageRejected as rejection:
            await self._refuse(rejection)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            detail = _("The server cannot do this right now because its database is unavailable.")
            await self.send_json({"type": "refused", "seq": self.seq, "code": "unavailable", "detail": detail})

    async def heartbeat(self) -> None:
        await super().heartbeat()
        if self.stay and not await database_call(record_heartbeat, stay=self.stay, now=timezone.now()):
            await self.close(close_codes.REPLACED)
        elif self.granting and not self.session.course.reads_faces:
            await self.pause()

    async def closed(self) -> None:
        if self.stay is None:
            return
        now = timezone.now()
        try:
            has_left = await database_call(leave_session, stay=self.stay, by_choice=self.leaves_by_choice, now=now)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            has_left = True  # the stay ends by itself once its heartbeats stop
        # A replaced device must not discard its successor's snapshot.
        if has_left:
            note_activity(self.session.pk)
            await analysis.discard(session_id=self.session.pk, student_id=self.user.pk)

    # --- commands

    async def _receive_command(self, text: str) -> None:
        message = _parse_command(text)
        if self.abuse_guard.exceeds_command_rate() or await user_exceeds_command_rate(self.user.pk):
            await self.close(close_codes.FLOOD)
            return
        match message["type"]:
            case "start":
                await self.start()
            case "pause":
                await self.pause()
            case "say":
                await self.say(message)
            case "hand":
                await self.move_hand(message)
            case "leave":
                await self.leave()
            case "ping":
                await self.send_json({"type": "pong"})

    async def start(self) -> None:
        self._cancel_retry()
        if await analysis.is_excluded(session_id=self.session.pk, student_id=self.user.pk):
            raise refusals.too_costly()
        try:
            camera = await self._switch_camera(on=True)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            await self.rest()
            return
        except NoCameraCourse:
            raise refusals.no_camera_course() from None
        except NoConsent:
            self.stop_credits()
            await self.send_json({"type": "camera", "camera": "no_consent"})
            raise MessageRejected("no_consent", _("You have not agreed to have your expression read.")) from None
        await self.send_json({"type": "camera", "camera": camera})
        self.start_credits()

    async def rest(self) -> None:
        """Read nothing while consent cannot be looked up. The camera starts by itself once it can."""
        self.stop_credits()
        self._cancel_retry()
        await self.send_json({"type": "camera", "camera": "resting"})
        self.retrying = self.run_in_background(self._retry(self.start))

    async def pause(self) -> None:
        self.stop_credits()
        self._cancel_retry()
        await analysis.discard(session_id=self.session.pk, student_id=self.user.pk)
        try:
            camera = await self._switch_camera(on=False)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            camera = "paused"  # it is, although the database does not know it yet
            self._cancel_retry()  # of a pause for another reason
            self.retrying = self.run_in_background(self._retry(self.pause))
        await self.send_json({"type": "camera", "camera": camera})

    async def leave(self) -> None:
        self.leaves_by_choice = True
        await self.close()

    # --- group handlers

    async def student_replaced(self, message: StudentReplaced) -> None:
        # Processes of the previous version name no connection: every join was a separate stay.
        if self.stay and (message["stay"], message.get("connection", 0)) > (self.stay.pk, self.stay.connection):
            await self.close(close_codes.REPLACED)

    async def snapshot_dropped(self, message: SnapshotDropped) -> None:
        rests = message["reason"] == "unknown" and self.granting is not None
        if rests or message["reason"] == "too_costly":
            self.stop_credits()  # before this outcome lets the next credit follow
        await super().snapshot_dropped(message)
        if message["reason"] in ("no_consent", "no_camera_course"):
            await self.pause()
        elif message["reason"] == "too_costly":
            await self.pause()
            await self._refuse(refusals.too_costly())
        elif rests:
            await self.rest()
        elif message["reason"] == "ended":
            await self.ensure_access()

    async def consent_changed(self, message: ConsentChanged) -> None:
        # Processes of the previous version name no course: one consent covered them all.
        if self.stay and message.get("course") in (None, self.session.course_id) and not await self._stays_on():
            await self.pause()

    async def course_changed(self, message: CourseChanged) -> None:
        before = self.session
        if not await self.ensure_access() or self.stay is None:
            return
        if self.session.topic != before.topic:
            await self.send_json({"type": "topic", "topic": self.session.topic})
        if self.session.course.reads_faces != before.course.reads_faces:
            await self.pause()

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
            "camera": stay.attendance.camera if self.session.course.reads_faces else "none",
            "limits": {
                "max_bytes": settings.SNAPSHOT_MAX_BYTES,
                "max_width": settings.SNAPSHOT_MAX_WIDTH,
                "max_height": settings.SNAPSHOT_MAX_HEIGHT,
            },
        }

    def _receive_frame(self, message: bytes) -> None:
        if not self.session.course.reads_faces:
            raise refusals.no_camera_course()
        frame = snapshots.parse_frame(message)
        if frame.is_whole and self.session.course.faces_only:
            raise refusals.faces_only()
        if self.granting is None:
            raise MessageRejected("paused", _("Your camera is paused, so this snapshot was not used."))
        if not self.credit_open or frame.seq != self.seq:
            raise MessageRejected("not_requested", _("The server did not ask for this snapshot."))
        self.abuse_guard.reset()
        self.submit_snapshot(frame)

    async def _refuse(self, rejection: MessageRejected) -> None:
        metrics.REFUSED.labels(rejection.code).inc()
        await self.send_json({"type": "refused", "seq": self.seq, "code": rejection.code, "detail": str(rejection)})
        close_code = self.abuse_guard.record_violation(rejection.code)
        if close_code is not None:
            await self.close(close_code)
        elif self.credit_open and rejection.code not in LEAVES_CREDIT_OPEN:
            self.settle(self.seq)

    async def _switch_camera(self, *, on: bool) -> str:
        stay = cast(Stay, self.stay)  # commands are accepted only after joining
        return await database_call(set_camera, stay=stay, on=on, now=timezone.now())

    async def _stays_on(self) -> bool:
        """Return whether the camera is on, or resting, and the student's consent is known to be in force: they may have
        agreed to a newer text, and one guardian of two may have withdrawn."""
        try:
            consent = await database_call(consent_in_class, self.user, session=self.session)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            return False
        is_retried = self.retrying is not None and not self.retrying.done()
        return consent is not None and (self.granting is not None or is_retried)

    async def _retry(self, command: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(RETRY_S)
        try:
            await command()
        except MessageRejected as rejection:
            await self._refuse(rejection)
        except circuit_breaker.DATABASE_UNAVAILABLE:
            return  # the command has scheduled its next retry

    def _cancel_retry(self) -> None:
        # A retried command runs inside the retry, which must not cancel itself. Another command still can.
        if self.retrying and self.retrying is not asyncio.current_task():
            self.retrying.cancel()
            self.retrying = None


def _parse_command(text: str) -> dict[str, Any]:
    """Raises MessageRejected for text that is not a command."""
    try:
        message = json.loads(text)
        is_known = message["type"] in COMMANDS
    except KeyError:
        is_known = False
    except (ValueError, TypeError, RecursionError):
        raise MessageRejected("text_frame", _("Snapshots are sent as binary messages, not as text.")) from None
    if not is_known:
        raise MessageRejected("unknown_command", _("The page sent a command this server does not know."))
    return message
