"""The part of the student's socket for answers and raised hands. Protocol: docs/protocol.md."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from classroom.consumers.database import database_call
from classroom.consumers.session_socket import SessionSocket
from classroom.domain.self_reports import (
    SelfReportRefused,
    answer_payload,
    current_ask,
    current_responses,
    lower_hand,
    raise_hand,
    record_answer,
)
from classroom.infra.event_types import ClassAsked, HandLowered, SaidErased
from classroom.models import SelfReport
from classroom.snapshots import MessageRejected


class StudentResponses(SessionSocket):
    # The last time that the page was told of.
    asked_at = 0.0

    async def current_responses(self) -> dict[str, Any]:
        """The current answer, hand and ask, for a reloaded page or another device."""
        now = timezone.now()
        current = await database_call(current_responses, session=self.session, student=self.user, now=now)
        self.asked_at = current["asked_at"] or 0.0
        return {**current}

    async def heartbeat(self) -> None:
        # The message about an ask may have been lost.
        await self._tell_asked(current_ask(session=self.session, now=timezone.now()))

    # --- commands

    async def say(self, message: dict[str, Any]) -> None:
        answer = message.get("answer")
        if answer not in SelfReport.Answer.values:
            raise MessageRejected("unknown_answer", _("The page sent an answer this server does not know."))
        now = timezone.now()
        try:
            report = await database_call(record_answer, session=self.session, student=self.user, answer=answer, now=now)
        except SelfReportRefused:
            await self.ensure_access()
            return
        await self.send_json({"type": "said", **answer_payload(report)})

    async def move_hand(self, message: dict[str, Any]) -> None:
        is_up = message.get("up")
        if not isinstance(is_up, bool):
            raise MessageRejected("unknown_command", _("Invalid raise-hand message."))
        move = raise_hand if is_up else lower_hand
        try:
            await database_call(move, session=self.session, student=self.user, now=timezone.now())
        except SelfReportRefused:
            await self.ensure_access()
            return
        await self.send_json({"type": "hand", "up": is_up})

    # --- group handlers

    async def hand_lowered(self, message: HandLowered) -> None:
        await self.send_json({"type": "hand", "up": False})

    async def class_asked(self, message: ClassAsked) -> None:
        await self._tell_asked(message["at"])

    async def said_erased(self, message: SaidErased) -> None:
        await self.send_json({"type": "said", **answer_payload(None)})
        await self.send_json({"type": "hand", "up": False})

    # --- inside

    async def _tell_asked(self, at: float | None) -> None:
        if at is not None and at > self.asked_at:
            self.asked_at = at
            await self.send_json({"type": "asked", "at": at})
