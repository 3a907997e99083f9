"""The staff's socket: changes of the live class, as fast as the page takes them. Protocol: docs/protocol.md."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.security_log.events import LIVE_AGAIN_S, record_view
from classroom.consumers import analysis
from classroom.consumers.database import database_call
from classroom.consumers.event_gaps import GapDetector
from classroom.consumers.session_socket import SessionSocket
from classroom.consumers.throttle import Throttle
from classroom.consumers.update_flow import UpdateFlow
from classroom.domain.alerts.records import current_alerts
from classroom.domain.live.recent_samples import JUST_READ
from classroom.domain.live.state import LiveClass, live_class, lost_connections
from classroom.domain.markers import markers_for
from classroom.domain.permissions import may_watch
from classroom.domain.self_reports import current_ask
from classroom.domain.sessions import record_teacher_activity
from classroom.infra import circuit_breaker, events, metrics
from classroom.infra.event_types import (
    AlertsChanged,
    AnswerSaid,
    CamerasResting,
    ClassAsked,
    ClassChanged,
    CourseChanged,
    HandMoved,
    MarkersChanged,
    NumberedEvent,
    Tile,
    TilesChanged,
)
from classroom.measures import WINDOW_S
from classroom.models.attendance import HEARTBEAT_TIMEOUT
from classroom.tasks.follow_session import note_activity

# Changes that come only from the passing of time, such as a tile that has grown too old, are sent this often.
SETTLE_S = 1.0
# Figures about the whole class cost more than tiles, and nobody reads them faster than this.
FIGURES_S = 0.25
HEADLINE_S = 1.0
# History counts as saved again once no unsaved reading has come for this long.
HISTORY_CALM_S = 10.0


class TeacherConsumer(SessionSocket):
    live: LiveClass
    gaps: GapDetector
    is_outdated = False
    # True from a database failure until the database is known to be back.
    cameras_rest = False
    loading: asyncio.Task[None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.wake = asyncio.Event()
        self.flow = UpdateFlow()
        # The changes that the next update sends, and when the readings among them were received.
        self.changed: dict[int, Tile] = {}
        self.received_at: dict[int, float] = {}
        self.figures: dict[str, Any] = {}
        self.history = {"saved": True, "resting": False}
        # Changes that arrived while another class was being loaded, which may lack them.
        self.changes_while_loading: list[Callable[[LiveClass], Tile | None]] = []
        self.figures_throttle = Throttle(FIGURES_S)
        self.headline_throttle = Throttle(HEADLINE_S)
        self.activity_throttle = Throttle(SETTLE_S)
        # These two close at an event (an unsaved reading, a database failure) and open once it is this long ago.
        self.saved_throttle = Throttle(HISTORY_CALM_S)
        self.lost_throttle = Throttle(HEARTBEAT_TIMEOUT.total_seconds())

    def may_open(self) -> bool:
        return may_watch(self.user, self.session.course)

    def session_groups(self) -> list[str]:
        return [*super().session_groups(), events.teachers_group(self.session.pk)]

    # --- socket events

    async def opened(self) -> None:
        self.count_as_open("teacher")
        self.live = await self._load()
        await self.send_json({"type": "ready"})
        self.run_in_background(self._record_opening())
        self.run_in_background(self._send_updates())
        # A class is about to begin. The seconds this takes have passed by the time the first student comes.
        if self.session.course.reads_faces:
            self.run_in_background(analysis.warm())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """The page confirms updates and, after a silence, asks whether the connection still works."""
        with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError, AttributeError):
            message = json.loads(text_data or "")
            if message["type"] == "shown":
                self.flow.confirm(message["number"])
            elif message["type"] == "ping":
                await self.send_json({"type": "pong"})

    async def heartbeat(self) -> None:
        # The message about an ask may have been lost. First, since the rest fails while Redis is unavailable.
        self.live.apply_ask(current_ask(session=self.session, now=timezone.now()))
        # In a quiet class, no later event would reveal that the last one was lost.
        latest = await database_sync_to_async(events.latest_number)(self.session.pk)
        self.gaps.expect(latest, asyncio.get_running_loop().time())
        await database_call(record_teacher_activity, session_id=self.session.pk, now=timezone.now())
        self.cameras_rest = False
        if self.lost_throttle.is_open():
            lost = await database_call(lost_connections, session=self.session, now=timezone.now())
            self.changed |= {tile["id"]: tile for tile in self.live.mark_disconnected(lost)}

    async def database_unavailable(self) -> None:
        # The students' sockets could not save their heartbeats either. They will at the next one.
        self.lost_throttle.close()
        self.is_outdated = True

    # --- group handlers

    async def tiles_changed(self, message: TilesChanged) -> None:
        self._record_event(message)
        if not message["saved"]:
            self.saved_throttle.close()
        elif any(tile["state"] in JUST_READ for tile in message["tiles"]):
            self.cameras_rest = False
        for tile in message["tiles"]:
            if tile["state"] in JUST_READ:
                self.received_at[tile["id"]] = tile["updated"]
            self._change(partial(LiveClass.apply, tile=tile))

    async def answer_said(self, message: AnswerSaid) -> None:
        self._record_event(message)
        student, says, heard = message["student"], message["says"], message["heard"]
        self._change(partial(LiveClass.apply_answer, student_id=student, answer=says, heard=heard))

    async def hand_moved(self, message: HandMoved) -> None:
        self._record_event(message)
        student, since, heard = message["student"], message["since"], message["heard"]
        self._change(partial(LiveClass.apply_hand, student_id=student, since=since, heard=heard))

    async def class_asked(self, message: ClassAsked) -> None:
        self.live.apply_ask(message["at"])
        self.wake.set()

    async def markers_changed(self, message: MarkersChanged) -> None:
        self._record_event(message)
        markers = await database_call(markers_for, session=self.session)
        await self.send_json({"type": "markers", "markers": markers})

    async def alerts_changed(self, message: AlertsChanged) -> None:
        self._record_event(message)
        alerts = await database_call(current_alerts, session=self.session)
        await self.send_json({"type": "alerts", "alerts": alerts})

    async def cameras_resting(self, message: CamerasResting) -> None:
        # In an anonymous class this would reveal that somebody's camera is on.
        self.cameras_rest = not self.live.is_anonymous

    async def class_changed(self, message: ClassChanged) -> None:
        """Enrolments or stored readings changed."""
        self.is_outdated = True

    async def course_changed(self, message: CourseChanged) -> None:
        self.is_outdated = await self.ensure_access()

    # --- inside

    def _record_event(self, message: NumberedEvent) -> None:
        self.gaps.record(message["event"], asyncio.get_running_loop().time())

    def _change(self, change: Callable[[LiveClass], Tile | None]) -> None:
        if self.loading:
            self.changes_while_loading.append(change)
        tile = change(self.live)
        if tile is None:
            self.is_outdated = True  # a new student, or one who has been removed: the database knows
            return
        self.changed[tile["id"]] = tile
        self.wake.set()

    async def _record_opening(self) -> None:
        """Record the view in the audit log, unless the page has; if the database is unavailable, it is not recorded."""
        session = self.session.pk
        opening = partial(record_view, "session_live", actor=self.user, session=session, again_after_s=LIVE_AGAIN_S)
        with contextlib.suppress(*circuit_breaker.DATABASE_UNAVAILABLE):
            await database_call(opening)

    async def _load(self) -> LiveClass:
        # The number is read before the class, so the count covers every event that the class lacks.
        self.gaps = GapDetector(await database_sync_to_async(events.latest_number)(self.session.pk))
        self.is_outdated = False
        return await database_call(live_class, session=self.session, now=timezone.now())

    async def _send_updates(self) -> None:
        """Send changes: at once after a quiet time, otherwise as often as the flow allows. Every SETTLE_S, also send
        those that come only from the passing of time."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await self.wake.wait()
            self.wake.clear()
            if self.loading is None and (self.is_outdated or self.gaps.has_gap(asyncio.get_running_loop().time())):
                # Runs concurrently with the updates, because it takes seconds while the database is unavailable.
                self.loading = self.run_in_background(self._reload())
            # CPU time, not wall time, so a busy machine does not throttle the dashboard further.
            began = time.thread_time()
            await self._send_update()
            if self.activity_throttle.acquire():  # also follow a session in which nothing happens
                note_activity(self.session.pk)
            await asyncio.sleep(self.flow.rest_s(time.thread_time() - began))
            if await self.flow.wait_for_confirmation() > WINDOW_S:
                self.is_outdated = True

    async def _reload(self) -> None:
        self.changes_while_loading = []
        try:
            live = await self._load()
            live.headline_keeper = self.live.headline_keeper  # the headline on the page stays for its full time
            live.apply_ask(self.live.response_log.asked_at)  # it may be newer than `self.session`
            for change in self.changes_while_loading:
                change(live)
            self.live = live
            await self.send_json({"type": "resync"})
        except circuit_breaker.DATABASE_UNAVAILABLE:
            self.is_outdated = True  # new events are still shown
        finally:
            self.loading = None

    async def _send_update(self) -> None:
        history = {"saved": self.saved_throttle.is_open() and not self.cameras_rest, "resting": self.cameras_rest}
        if history != self.history:
            self.history = history
            await self.send_json({"type": "history", **history})
        now = timezone.now().timestamp()
        aged = {tile["id"]: tile for tile in self.live.tick(now)}
        students = list((self.changed | aged).values())
        self.changed = {}
        windows = self.live.close_windows(now)
        have_figures_changed = self._refresh_figures(now)
        if not (students or windows or have_figures_changed):
            return
        answers = self.live.answers_in(windows)
        changes = {"students": students, **self.figures, "windows": windows, "answers": answers}
        await self.send_json({"type": "update", "number": self.flow.next_number(), **changes})
        for received_at in self.received_at.values():
            metrics.STAGE.labels("teacher").observe(max(0.0, now - received_at))
        self.received_at = {}

    def _refresh_figures(self, now: float) -> bool:
        """Count the tiles for the bar, which must agree in every message. Compute the costlier figures once per
        FIGURES_S. Return whether any changed."""
        before = self.figures
        self.figures = {**before, "mood": self.live.mood()}
        if self.figures_throttle.acquire():
            is_due = self.headline_throttle.acquire()
            sentence = self.live.headline(now, is_saved=self.history["saved"]) if is_due else before["sentence"]
            self.figures |= {"voice": self.live.responses(), "sentence": sentence}
        return self.figures != before
