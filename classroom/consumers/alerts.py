"""Alerts on the teacher's socket. Protocol: docs/architecture.md."""

import asyncio
from typing import TYPE_CHECKING, Any

from classroom.consumers.database import ask_database
from classroom.consumers.session_socket import SessionSocket
from classroom.domain.alerts.evaluation import current_alerts

if TYPE_CHECKING:  # the other half of the teacher's consumer
    from classroom.consumers.teacher import EventNumbers


class TeacherAlerts(SessionSocket):
    numbers: "EventNumbers"

    # --- group handlers

    async def alerts_changed(self, message: dict[str, Any]) -> None:
        self.numbers.saw(message["event"], asyncio.get_running_loop().time())
        alerts = await ask_database(current_alerts, session=self.session)
        await self.send_json({"type": "alerts", "alerts": alerts})
