"""Alerts on the teacher's socket. Protocol: docs/architecture.md."""

import asyncio
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async
from django.utils import translation

from classroom.consumers.language import language_of
from classroom.consumers.session_socket import SessionSocket
from classroom.domain.alerts import AlertRow, current_alerts

if TYPE_CHECKING:  # the other half of the teacher's consumer
    from classroom.consumers.teacher import EventNumbers


class TeacherAlerts(SessionSocket):
    numbers: "EventNumbers"

    # --- group handlers

    async def alerts_changed(self, message: dict[str, Any]) -> None:
        self.numbers.saw(message["event"], asyncio.get_running_loop().time())
        alerts = await database_sync_to_async(self._alerts)()
        await self.send_json({"type": "alerts", "alerts": alerts})

    # --- inside

    def page_language(self) -> translation.override:
        """The language the page itself was served in, for the texts made within."""
        return translation.override(language_of(self.scope))

    def _alerts(self) -> list[AlertRow]:
        with self.page_language():
            return current_alerts(session=self.session)
