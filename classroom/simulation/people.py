"""A simulated student and a simulated teacher: they do over the sockets what the pages do."""

import asyncio
import json
from collections.abc import Iterator
from functools import partial

import aiohttp

from classroom.simulation.browser import Browser, SimulationFailed
from classroom.simulation.connection import stay_connected
from classroom.simulation.figures import Figures
from classroom.snapshots import Frame, pack_frame


class SimulatedStudent:
    """Answers every credit with the next of its frames until told to stop. One who `comes_back` takes a lost
    connection as the page does, others as an error."""

    def __init__(
        self, browser: Browser, session: int, frames: Iterator[bytes], figures: Figures, comes_back: bool = False
    ) -> None:
        self.browser = browser
        self.path = f"/ws/sessions/{session}/student/"
        self.frames = frames
        self.figures = figures
        self.comes_back = comes_back
        self.id = 0
        self.ready = asyncio.Event()
        self.idle = asyncio.Event()
        self.stopping = False
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def attend(self) -> None:
        stay = partial(stay_connected, self._connect, lost=self.figures.connection_lost)
        code = await (stay() if self.comes_back else self._connect())
        if not self.stopping:
            raise SimulationFailed(f"a student's socket was closed with code {code}")

    async def _connect(self) -> int | None:
        self.socket = await self.browser.open_socket(self.path)
        async for message in self.socket:
            if message.type == aiohttp.WSMsgType.TEXT:
                await self._handle(json.loads(message.data))
        return self.socket.close_code

    def stop(self) -> None:
        """Answer no further credit; results under way still arrive."""
        self.stopping = True

    async def say(self, command: dict) -> None:
        if self.socket and not self.socket.closed and not self.stopping:
            await self.socket.send_json(command)

    async def leave(self) -> None:
        if self.socket and not self.socket.closed:
            await self.socket.send_json({"type": "leave"})

    async def _handle(self, message: dict) -> None:
        kind = message["type"]
        if kind == "welcome":
            self.id = message["student"]["id"]
            await self._start_camera(message["camera"])
        elif kind == "capture":
            self.ready.set()
            await self._answer(message["seq"])
        elif kind == "result":
            self.figures.result(self.id, message)
            self.idle.set()
        elif kind == "dropped":
            self.figures.dropped += 1
            self.idle.set()
        elif kind == "refused":
            self.idle.set()
            self.figures.errors.append(f"refused: {message['code']}: {message['detail']}")

    async def _start_camera(self, camera: str) -> None:
        if camera == "none":  # the course uses none: there is nothing to wait for
            self.ready.set()
            self.idle.set()
        elif self.socket:
            await self.socket.send_json({"type": "start"})

    async def _answer(self, seq: int) -> None:
        if self.stopping or self.socket is None:
            return
        self.idle.clear()
        self.figures.snapshot_sent(self.id, seq)
        await self.socket.send_bytes(pack_frame(Frame(seq=seq, age_ms=0, jpeg=next(self.frames))))


class SimulatedTeacher:
    """Listens on the dashboard's socket and notes when each reading arrives."""

    def __init__(self, browser: Browser, session: int, figures: Figures, comes_back: bool = False) -> None:
        self.browser = browser
        self.path = f"/ws/sessions/{session}/teacher/"
        self.figures = figures
        self.comes_back = comes_back

    async def watch(self) -> None:
        stay = partial(stay_connected, self._connect, lost=self.figures.connection_lost)
        code = await (stay() if self.comes_back else self._connect())
        raise SimulationFailed(f"the teacher's socket was closed with code {code}")

    async def _connect(self) -> int | None:
        socket = await self.browser.open_socket(self.path)
        async for message in socket:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            update = json.loads(message.data)
            for tile in update.get("students", ()):
                self.figures.teacher_saw(tile["id"], tile["seq"])
            if update["type"] == "update":
                await socket.send_json({"type": "shown", "number": update["number"]})
        return socket.close_code
