"""A simulated student and a simulated teacher, who act on the sockets as the pages do."""

import asyncio
from collections.abc import Iterator
from functools import partial

import aiohttp

from classroom.simulation.browser import Browser, SimulationFailed
from classroom.simulation.connection import receive_until_closed, send_if_open, stay_connected
from classroom.simulation.stats import ClassStats
from classroom.snapshots import Frame, pack_frame

SESSION_ENDED = 4410


class SimulatedStudent:
    """Answers every credit with the next of its frames until stopped. A lost connection is an error, unless
    `reconnects` is set: then it reconnects as the page does."""

    def __init__(
        self,
        name: str,
        browser: Browser,
        session: int,
        frames: Iterator[bytes],
        stats: ClassStats,
        reconnects: bool = False,
    ) -> None:
        self.name = name
        self.browser = browser
        self.path = f"/ws/sessions/{session}/student/"
        self.frames = frames
        self.stats = stats
        self.reconnects = reconnects
        self.id = 0
        self.ready = asyncio.Event()
        self.idle = asyncio.Event()
        self.stopping = False
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def attend(self) -> None:
        stay = partial(stay_connected, self._connect, lost=self.stats.record_lost_connection)
        code = await (stay() if self.reconnects else self._connect())
        if not self.stopping and code != SESSION_ENDED:
            raise SimulationFailed(f"a student's socket was closed with code {code}")

    async def send(self, command: dict) -> None:
        if self.socket and not self.stopping:
            # The server closes the socket of a student who leaves.
            self.stopping = command["type"] == "leave"
            await send_if_open(self.socket, command)

    def stop(self) -> None:
        """Answer no further credits. Pending results still arrive."""
        self.stopping = True

    async def leave(self) -> None:
        if self.socket:
            await send_if_open(self.socket, {"type": "leave"})

    async def _connect(self) -> int | None:
        self.socket = await self.browser.open_socket(self.path)
        code = await receive_until_closed(self.socket, partial(self._receive, self.socket))
        self.idle.set()  # no result comes over a closed socket
        return code

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        match message["type"]:
            case "welcome":
                self.id = message["student"]["id"]
                if message["camera"] == "none":  # the course uses no camera: there is nothing to wait for
                    self.ready.set()
                    self.idle.set()
                else:
                    await send_if_open(socket, {"type": "start"})
            case "capture":
                self.ready.set()
                if not self.stopping:
                    self.idle.clear()
                    # The frame may be drawn now, while others answer the server in time. The latency excludes this.
                    content = await asyncio.to_thread(next, self.frames)
                    self.stats.record_sent(self.id, message["seq"])
                    await send_if_open(socket, pack_frame(Frame(seq=message["seq"], age_ms=0, content=content)))
            case "result":
                self.stats.record_result(self.id, message)
                self.idle.set()
            case "dropped":
                self.stats.record_dropped(self.id, message["reason"])
                self.idle.set()
            case "refused":
                self.stats.errors.append(f"refused: {message['code']}: {message['detail']}")
                self.idle.set()


class SimulatedTeacher:
    """Listens on the dashboard's socket and records when each reading arrives."""

    def __init__(self, browser: Browser, session: int, stats: ClassStats, reconnects: bool = False) -> None:
        self.browser = browser
        self.session = session
        self.stats = stats
        self.reconnects = reconnects

    async def watch(self) -> None:
        """Return when somebody ends the class. Raises SimulationFailed if the socket closes otherwise."""
        stay = partial(stay_connected, self._connect, lost=self.stats.record_lost_connection)
        code = await (stay() if self.reconnects else self._connect())
        if code != SESSION_ENDED:
            raise SimulationFailed(f"the teacher's socket was closed with code {code}")

    async def add_marker(self, text: str) -> None:
        await self.browser.call("POST", f"/api/sessions/{self.session}/markers/", {"text": text})

    async def lower_hand(self, student_id: int) -> None:
        await self.browser.call("DELETE", f"/api/sessions/{self.session}/hands/{student_id}/")

    async def _connect(self) -> int | None:
        socket = await self.browser.open_socket(f"/ws/sessions/{self.session}/teacher/")
        return await receive_until_closed(socket, partial(self._receive, socket))

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        for tile in message.get("students", ()):
            self.stats.record_shown(tile["id"], tile["seq"])
        if message["type"] == "update":
            await send_if_open(socket, {"type": "shown", "number": message["number"]})
