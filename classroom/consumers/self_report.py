"""What students say, on both sockets. Each class is a part of its consumer. Protocol: docs/architecture.md."""

import asyncio
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from classroom.consumers.database import ask_database
from classroom.consumers.session_socket import SessionSocket
from classroom.domain.markers import markers_of
from classroom.domain.self_reports import (
    SelfReportRefused,
    holding_answer,
    lower_hand,
    raise_hand,
    raised_hand,
    say,
)
from classroom.infra.event_types import Tile
from classroom.models import SelfReport
from classroom.models.self_report import REPORT_HOLDS
from classroom.snapshots import MessageRejected

if TYPE_CHECKING:  # the other half of the teacher's consumer
    from classroom.consumers.teacher import EventNumbers
    from classroom.domain.live.state import LiveClass


class StudentVoice(SessionSocket):
    """The student's answer and hand."""

    # --- commands

    async def say(self, message: dict[str, Any]) -> None:
        answer = message.get("answer")
        if answer not in SelfReport.Answer.values:
            raise MessageRejected("unknown_answer", _("The page sent an answer this server does not know."))
        try:
            report = await ask_database(say, session=self.session, student=self.user, answer=answer, now=timezone.now())
        except SelfReportRefused:
            await self._is_refused()
            return
        await self.send_json({"type": "said", **_said(report)})

    async def hand(self, message: dict[str, Any]) -> None:
        if not isinstance(message.get("up"), bool):
            raise MessageRejected("unknown_command", _("The page moved a hand neither up nor down."))
        move = raise_hand if message["up"] else lower_hand
        try:
            await ask_database(move, session=self.session, student=self.user, now=timezone.now())
        except SelfReportRefused:
            await self._is_refused()
            return
        await self.send_json({"type": "hand", "up": message["up"]})

    # --- group handlers

    async def hand_lowered(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "hand", "up": False})

    async def said_erased(self, message: dict[str, Any]) -> None:
        await self.send_json({"type": "said", **_said(None)})
        await self.send_json({"type": "hand", "up": False})

    # --- inside

    async def voice(self) -> dict[str, Any]:
        """What holds now, for a page that was loaded anew or another device."""
        now = timezone.now()
        report = await ask_database(holding_answer, session=self.session, student=self.user, now=now)
        hand = await ask_database(raised_hand, session=self.session, student=self.user)
        return {"now": now.timestamp(), "said": _said(report) if report else None, "hand_up": hand is not None}


class TeacherListens(SessionSocket):
    """What the class says, and what its teachers mark."""

    live: "LiveClass"
    numbers: "EventNumbers"
    changed: dict[int, Tile]
    wake: asyncio.Event

    # --- group handlers

    async def answer_said(self, message: dict[str, Any]) -> None:
        self._note(message, self.live.hear_answer(message["student"], message["says"], message["heard"]))

    async def hand_moved(self, message: dict[str, Any]) -> None:
        self._note(message, self.live.see_hand(message["student"], message["since"], message["heard"]))

    async def markers_changed(self, message: dict[str, Any]) -> None:
        self._note(message, None)
        markers = await ask_database(markers_of, session=self.session)
        await self.send_json({"type": "markers", "markers": markers})

    # --- inside

    def _note(self, message: dict[str, Any], tile: Tile | None) -> None:
        self.numbers.saw(message["event"], asyncio.get_running_loop().time())
        if tile is not None:
            self.changed[tile["id"]] = tile
            self.wake.set()


def _said(report: SelfReport | None) -> dict[str, Any]:
    """Times in seconds since 1970; all null where nothing holds."""
    if report is None:
        return {"answer": None, "at": None, "holds_until": None}
    at = report.at.timestamp()
    return {"answer": report.answer, "at": at, "holds_until": at + REPORT_HOLDS.total_seconds()}
