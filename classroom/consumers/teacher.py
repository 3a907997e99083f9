"""The teacher's socket: changes of the live class, at most four messages a second. Protocol: docs/architecture.md."""

import asyncio
import contextlib
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from classroom import events
from classroom.consumers import analysis
from classroom.consumers.session_socket import SessionSocket
from classroom.domain.live import LiveClass, live_class, lost_students
from classroom.domain.permissions import may_teach
from classroom.events import Tile

COALESCE_S = 0.25
SETTLE_S = 1.0
# Workers publish side by side, so numbers may arrive out of order; a gap is one that has not closed after this long.
GAP_S = 1.5


class TeacherConsumer(SessionSocket):
    live: LiveClass
    is_outdated = False

    def may_open(self) -> bool:
        return may_teach(self.user, self.session.course)

    def session_groups(self) -> list[str]:
        return [*super().session_groups(), events.teachers_group(self.session.pk)]

    # --- socket events

    async def opened(self) -> None:
        self.changed: dict[int, Tile] = {}
        self.wake = asyncio.Event()
        await self._load()
        await self.send_json({"type": "ready"})
        self.in_background(self._flush())
        # A class is about to begin: the seconds this takes are over before the first student comes.
        self.in_background(analysis.warm())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """The page has nothing to say."""

    async def heartbeat(self) -> None:
        lost = await database_sync_to_async(lost_students)(session=self.session, now=timezone.now())
        self.changed |= {tile["id"]: tile for tile in self.live.lose(lost)}

    # --- group handlers

    async def tile_changed(self, message: dict[str, Any]) -> None:
        self.numbers.saw(message["event"], asyncio.get_running_loop().time())
        tile = self.live.apply(message["tile"])
        self.changed[tile["id"]] = tile
        self.wake.set()

    async def class_changed(self, message: dict[str, Any]) -> None:
        """Who is enrolled has changed."""
        self.is_outdated = True

    # --- inside

    async def _load(self) -> None:
        number = await database_sync_to_async(events.latest_number)(self.session.pk)
        self.numbers = EventNumbers(number)
        self.live = await database_sync_to_async(live_class)(session=self.session, now=timezone.now())
        self.is_outdated = False

    async def _flush(self) -> None:
        """Send what has changed: at once after a quiet time, else every COALESCE_S; and every SETTLE_S what time
        alone has changed."""
        shown: dict[str, Any] = {}
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), SETTLE_S)
            self.wake.clear()
            if self.is_outdated or self.numbers.has_gap(asyncio.get_running_loop().time()):
                await self._load()
                await self.send_json({"type": "resync"})
            shown = await self._send_update(shown)
            await asyncio.sleep(COALESCE_S)

    async def _send_update(self, shown: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now().timestamp()
        aged = {tile["id"]: tile for tile in self.live.settle(now)}
        students = list((self.changed | aged).values())
        self.changed = {}
        update = {"mood": self.live.mood(now), "windows": self.live.close_windows(now)}
        if students or update["windows"] or update["mood"] != shown.get("mood"):
            await self.send_json({"type": "update", "students": students, **update})
        return update


class EventNumbers:
    """Notices when an event of the session was lost."""

    def __init__(self, latest: int) -> None:
        self.contiguous = latest
        self.ahead: dict[int, float] = {}

    def saw(self, number: int, at: float) -> None:
        if number > self.contiguous:
            self.ahead[number] = at
        while self.contiguous + 1 in self.ahead:
            self.contiguous += 1
            del self.ahead[self.contiguous]

    def has_gap(self, now: float) -> bool:
        return any(now - at > GAP_S for at in self.ahead.values())
