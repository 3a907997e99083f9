"""Students and teachers as light as they can be: one task and one socket each, no page, no cookie jar.

They speak the protocol of docs/architecture.md. `classroom.simulation` signs them in.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

from benchmarks.load.ledger import Ledger, Snapshot
from classroom.snapshots import Frame, pack_frame

RECONNECT_S = 1.0


@dataclass(frozen=True)
class Seat:
    """A signed-in person's place in a class session: the server to talk to, the session, the headers that sign in."""

    url: str
    session: int
    headers: dict[str, str]


@dataclass
class Register:
    """What all people share: the ledger of the step that runs, and the students by their user id."""

    http: aiohttp.ClientSession
    ledger: Ledger = field(default_factory=Ledger)
    students: dict[int, "Student"] = field(default_factory=dict)


class Person:
    """Holds a socket open, and opens it again after a second when it is lost, which is counted."""

    role = ""

    def __init__(self, seat: Seat, register: Register) -> None:
        self.seat = seat
        self.register = register
        self.ready = asyncio.Event()
        self.stopping = False
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def attend(self) -> None:
        while not self.stopping:
            code = await self.one_stay()
            if not self.stopping:
                self.register.ledger.disconnects[code] += 1
                await asyncio.sleep(RECONNECT_S)

    async def one_stay(self) -> str:
        """Connect and answer until the socket closes; the close code, or why there was no connection."""
        path = f"{self.seat.url}/ws/sessions/{self.seat.session}/{self.role}/"
        try:
            async with self.register.http.ws_connect(path, headers=self.seat.headers, max_msg_size=0) as socket:
                self.socket = socket
                await self.connected(socket)
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        await self.heard(socket, json.loads(message.data))
        except (aiohttp.ClientError, ConnectionError) as error:
            return type(error).__name__
        return str(socket.close_code)

    async def connected(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """The socket is open; nothing has been received yet."""

    async def heard(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        raise NotImplementedError


class Student(Person):
    """Answers every credit at once with the next of its frames."""

    role = "student"

    def __init__(self, seat: Seat, register: Register, frames: Sequence[bytes]) -> None:
        super().__init__(seat, register)
        self.frames = itertools.cycle(frames)
        self.unanswered: dict[int, Snapshot] = {}
        self.unseen: dict[int, Snapshot] = {}
        self.on_screen: Snapshot | None = None

    async def connected(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        # Numbers begin anew: what was under way on a lost socket is never answered.
        self.unanswered, self.unseen, self.on_screen = {}, {}, None
        await socket.send_str('{"type": "start"}')

    async def heard(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        kind = message["type"]
        if kind == "capture":
            await self._send(socket, message)
        elif kind == "result":
            self._has_result(message)
        elif kind == "dropped":
            self._is_shed(message["seq"], "dropped", message["reason"])
        elif kind == "refused":
            self._is_shed(message["seq"], "refused", message["code"])
        elif kind == "welcome":
            self.register.students[message["student"]["id"]] = self

    def seen_by_teacher(self, seq: int) -> None:
        """The teacher's socket received a tile made of the snapshot `seq`."""
        snapshot = self.unseen.pop(seq, None)
        if snapshot is None:
            return
        now = time.perf_counter()
        snapshot.ledger.to_teacher_ms.append((now - snapshot.sent_at) * 1000)
        if self.on_screen and self.on_screen.ledger is snapshot.ledger:
            age_ms = (now - self.on_screen.sent_at) * 1000
            snapshot.ledger.oldest_on_screen_ms = max(snapshot.ledger.oldest_on_screen_ms, age_ms)
        self.on_screen = snapshot
        self.unseen = {later: each for later, each in self.unseen.items() if later > seq}

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, credit: dict) -> None:
        if self.stopping:
            return
        ledger, seq = self.register.ledger, credit["seq"]
        ledger.sent += 1
        ledger.intervals_ms.append(credit["interval_ms"])
        self.unanswered[seq] = self.unseen[seq] = Snapshot(ledger, time.perf_counter())
        await socket.send_bytes(pack_frame(Frame(seq=seq, age_ms=0, jpeg=next(self.frames))))

    def _has_result(self, message: dict) -> None:
        self.ready.set()
        snapshot = self.unanswered.pop(message["seq"], None)
        if snapshot is None:
            return
        snapshot.ledger.analysed += 1
        snapshot.ledger.with_face += message["faces"] > 0
        snapshot.ledger.to_student_ms.append((time.perf_counter() - snapshot.sent_at) * 1000)

    def _is_shed(self, seq: int, how: str, why: str) -> None:
        self.unseen.pop(seq, None)
        snapshot = self.unanswered.pop(seq, None)
        if snapshot:
            getattr(snapshot.ledger, how)[why] += 1


class IdleStudent(Person):
    """Has the class open and never starts the camera."""

    role = "student"

    async def heard(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        self.ready.set()


class Teacher(Person):
    """Does what the dashboard does: fetches the state when told to, takes every update and confirms it."""

    role = "teacher"

    async def heard(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        kind = message["type"]
        if kind == "update":
            self._show(message["students"])
            if "number" in message:
                await socket.send_json({"type": "shown", "number": message["number"]})
        elif kind in ("ready", "resync"):
            self.register.ledger.resyncs += kind == "resync"
            await self._fetch()
            self.ready.set()

    async def _fetch(self) -> None:
        path = f"{self.seat.url}/api/sessions/{self.seat.session}/live/"
        async with self.register.http.get(path, headers=self.seat.headers) as response:
            response.raise_for_status()
            self._show((await response.json())["students"])

    def _show(self, tiles: list[dict]) -> None:
        for tile in tiles:
            student = self.register.students.get(tile["id"])
            if student and tile["seq"] is not None:
                student.seen_by_teacher(tile["seq"])
