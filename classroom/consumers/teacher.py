"""The teacher's socket: changes of the live class, as fast as the page takes them. Protocol: docs/architecture.md."""

import asyncio
import contextlib
import json
import time
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from classroom.consumers import analysis
from classroom.consumers.alerts import TeacherAlerts
from classroom.consumers.database import ask_database
from classroom.consumers.self_report import TeacherListens
from classroom.consumers.update_flow import UpdateFlow
from classroom.domain.live.headline import Sentence
from classroom.domain.live.state import JUST_READ, LiveClass, live_class, lost_students
from classroom.domain.permissions import may_teach
from classroom.domain.sessions import record_teacher_activity
from classroom.infra import circuit_breaker, events, metrics
from classroom.infra.event_types import Tile
from classroom.measures import WINDOW_S
from classroom.models.attendance import HEARTBEAT_TIMEOUT
from classroom.tasks.follow_session import note_activity

SETTLE_S = 1.0
# Figures over the whole class cost more than tiles, and nobody reads them faster.
FIGURES_S = 0.25
SENTENCE_S = 1.0
# History counts as saved again once no unsaved reading has come for this long.
HISTORY_CALM_S = 10.0
# Workers publish side by side, so numbers may arrive out of order; a gap is one that has not closed after this long.
GAP_S = 1.5


class TeacherConsumer(TeacherListens, TeacherAlerts):
    live: LiveClass
    is_outdated = False
    loading: asyncio.Task[None] | None = None
    is_history_saved = True
    unsaved_until = 0.0
    lost_unknown_until = 0.0
    figures_until = 0.0
    sentence: Sentence | None = None
    sentence_until = 0.0
    noted_at = 0.0

    def may_open(self) -> bool:
        return may_teach(self.user, self.session.course)

    def session_groups(self) -> list[str]:
        return [*super().session_groups(), events.teachers_group(self.session.pk)]

    # --- socket events

    async def opened(self) -> None:
        self.changed: dict[int, Tile] = {}
        self.received_at: dict[int, float] = {}
        self.figures: dict[str, Any] = {}
        self.wake = asyncio.Event()
        self.flow = UpdateFlow()
        self.counts_as("teacher")
        await self._load()
        await self.send_json({"type": "ready"})
        self.in_background(self._flush())
        # A class is about to begin: the seconds this takes are over before the first student comes.
        if self.session.course.reads_faces:
            self.in_background(analysis.warm())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """The page confirms updates, and has nothing else to say."""
        with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError, AttributeError):
            message = json.loads(text_data or "")
            if message["type"] == "shown":
                self.flow.confirm(message["number"])

    async def heartbeat(self) -> None:
        await ask_database(record_teacher_activity, session_id=self.session.pk, now=timezone.now())
        if _now() < self.lost_unknown_until:
            return
        lost = await ask_database(lost_students, session=self.session, now=timezone.now())
        self.changed |= {tile["id"]: tile for tile in self.live.lose(lost)}

    async def database_unavailable(self) -> None:
        # Nor could the students' sockets say that they live; they do so at their next heartbeat.
        self.lost_unknown_until = _now() + HEARTBEAT_TIMEOUT.total_seconds()
        self.is_outdated = True

    # --- group handlers

    async def tiles_changed(self, message: dict[str, Any]) -> None:
        self.numbers.saw(message["event"], _now())
        if not message.get("saved", True):
            self.unsaved_until = _now() + HISTORY_CALM_S
        if self.loading:
            self.came_meanwhile += message["tiles"]
        for told in message["tiles"]:
            if told["state"] in JUST_READ:
                self.received_at[told["id"]] = told["updated"]
            tile = self.live.apply(told)
            self.changed[tile["id"]] = tile
        self.wake.set()

    async def class_changed(self, message: dict[str, Any]) -> None:
        """Who is enrolled has changed."""
        self.is_outdated = True

    async def course_changed(self, message: dict[str, Any]) -> None:
        self.is_outdated = not await self._is_refused()

    # --- inside

    async def _load(self) -> None:
        number = await database_sync_to_async(events.latest_number)(self.session.pk)
        self.numbers = EventNumbers(number)
        self.is_outdated = False
        self.came_meanwhile: list[Tile] = []
        speaker = self.live.speaker if hasattr(self, "live") else None
        self.live = await ask_database(live_class, session=self.session, now=timezone.now())
        self.live.speaker = speaker or self.live.speaker
        for tile in self.came_meanwhile:
            self.live.apply(tile)

    async def _flush(self) -> None:
        """Send what has changed: at once after a quiet time, else as often as the flow allows; and every SETTLE_S
        what time alone has changed."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), SETTLE_S)
            self.wake.clear()
            await self._catch_up()
            # Of this thread's processor time: what others on the machine take must not slow the dashboard down more.
            began = time.thread_time()
            await self._send_update()
            self._note_activity()
            await asyncio.sleep(self.flow.rest_s(time.thread_time() - began))
            if await self.flow.until_confirmed() > WINDOW_S:
                self.is_outdated = True

    async def _catch_up(self) -> None:
        await self._tell_of_history()
        if self.loading is None and (self.is_outdated or self.numbers.has_gap(_now())):
            # Beside the updates: while the database is away, the attempt takes seconds.
            self.loading = self.in_background(self._reload())

    async def _reload(self) -> None:
        try:
            await self._load()
            await self.send_json({"type": "resync"})
        except circuit_breaker.DATABASE_UNAVAILABLE:
            self.is_outdated = True  # what comes is shown meanwhile
        finally:
            self.loading = None

    async def _tell_of_history(self) -> None:
        is_saved = _now() >= self.unsaved_until
        if is_saved != self.is_history_saved:
            self.is_history_saved = is_saved
            await self.send_json({"type": "history", "saved": is_saved})

    async def _send_update(self) -> None:
        now = timezone.now().timestamp()
        aged = {tile["id"]: tile for tile in self.live.settle(now)}
        students = list((self.changed | aged).values())
        self.changed = {}
        windows = self.live.close_windows(now)
        is_news = self._renew_figures(now)
        if students or windows or is_news:
            answers = self.live.answers_in(windows)
            changes = {"students": students, **self.figures, "windows": windows, "answers": answers}
            await self.send_json({"type": "update", "number": self.flow.next_number(), **changes})
            self._measure(now)

    def _renew_figures(self, now: float) -> bool:
        """Figures over the whole class, every FIGURES_S. True if they are others than before."""
        if _now() < self.figures_until:
            return False
        self.figures_until = _now() + FIGURES_S
        before = self.figures
        self.figures = {"mood": self.live.mood(now), "voice": self.live.voice(now), "sentence": self._sentence(now)}
        return self.figures != before

    def _sentence(self, now: float) -> Sentence:
        if self.sentence is None or _now() >= self.sentence_until:
            self.sentence_until = _now() + SENTENCE_S
            self.sentence = self.live.sentence(now, is_saved=self.is_history_saved)
        return self.sentence

    def _measure(self, now: float) -> None:
        for received_at in self.received_at.values():
            metrics.STAGE.labels("teacher").observe(max(0.0, now - received_at))
        self.received_at = {}

    def _note_activity(self) -> None:
        """Silence too is followed."""
        if _now() - self.noted_at >= SETTLE_S:
            self.noted_at = _now()
            note_activity(self.session.pk)


def _now() -> float:
    """On the clock that only goes forward."""
    return asyncio.get_running_loop().time()


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
