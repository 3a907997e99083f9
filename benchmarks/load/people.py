"""Students and teachers that are as light as possible: one task and one socket each, no page, no cookie jar.

They speak the protocol of docs/architecture.md. `classroom.simulation` signs them in.
"""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import aiohttp

from benchmarks.load.ledger import Ledger, SentSnapshot
from classroom.simulation.connection import receive_until_closed
from classroom.snapshots import Frame, pack_frame

RECONNECT_S = 1.0


@dataclass(frozen=True)
class Seat:
    """A signed-in person's place in a class session: the server, the session, and the headers that authenticate."""

    url: str
    session: int
    headers: dict[str, str]


@dataclass
class Register:
    """Shared by everyone: the HTTP client, the ledger of the current step, the contents of the snapshots that cameras
    send, and the students by user id."""

    http: aiohttp.ClientSession
    ledger: Ledger = field(default_factory=Ledger)
    frames: Sequence[bytes] = ()
    students: dict[int, "Student"] = field(default_factory=dict)


class Person:
    """Holds a socket open. A lost socket is counted, and reopened after a second."""

    role = ""

    def __init__(self, seat: Seat, register: Register) -> None:
        self.seat = seat
        self.register = register
        self.ready = asyncio.Event()
        self.stopping = False
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def attend(self) -> None:
        while not self.stopping:
            code = await self.connect()
            if not self.stopping:
                self.register.ledger.disconnects[code] += 1
                await asyncio.sleep(RECONNECT_S)

    async def connect(self) -> str:
        """Connect and answer until the socket closes. Return the close code, or why there was no connection."""
        path = f"{self.seat.url}/ws/sessions/{self.seat.session}/{self.role}/"
        try:
            async with self.register.http.ws_connect(path, headers=self.seat.headers, max_msg_size=0) as socket:
                self.socket = socket
                await self.connected(socket)
                return str(await receive_until_closed(socket, partial(self.receive, socket)))
        except (aiohttp.ClientError, ConnectionError) as error:
            return type(error).__name__

    async def connected(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Called when the socket is open, before anything is received."""

    async def receive(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        raise NotImplementedError


class Student(Person):
    """Answers every credit at once with the next frame, starting at number `start`."""

    role = "student"

    def __init__(self, seat: Seat, register: Register, start: int) -> None:
        super().__init__(seat, register)
        self.numbers = itertools.count(start)
        self.unanswered: dict[int, SentSnapshot] = {}
        self.unseen: dict[int, SentSnapshot] = {}
        self.on_screen: SentSnapshot | None = None

    async def connected(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        # Numbers start over: snapshots of a lost socket are never answered.
        self.unanswered, self.unseen, self.on_screen = {}, {}, None
        await socket.send_str('{"type": "start"}')

    async def receive(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        match message["type"]:
            case "welcome":
                self.register.students[message["student"]["id"]] = self
            case "capture" if not self.stopping:
                await self.send_snapshot(socket, message)
            case "result":
                self.ready.set()
                if snapshot := self.unanswered.pop(message["seq"], None):
                    snapshot.ledger.analysed += 1
                    snapshot.ledger.with_face += message["faces"] > 0
                    snapshot.ledger.to_student_ms.append((time.perf_counter() - snapshot.sent_at) * 1000)
            case "dropped" | "refused" as kind:
                self.unseen.pop(message["seq"], None)
                if snapshot := self.unanswered.pop(message["seq"], None):
                    shed = snapshot.ledger.dropped if kind == "dropped" else snapshot.ledger.refused
                    shed[message["reason" if kind == "dropped" else "code"]] += 1

    async def send_snapshot(self, socket: aiohttp.ClientWebSocketResponse, credit: dict) -> None:
        ledger, seq = self.register.ledger, credit["seq"]
        ledger.sent += 1
        ledger.intervals_ms.append(credit["interval_ms"])
        self.unanswered[seq] = self.unseen[seq] = SentSnapshot(ledger, time.perf_counter())
        content = self.register.frames[next(self.numbers) % len(self.register.frames)]
        ledger.sent_bytes += len(content)
        await socket.send_bytes(pack_frame(Frame(seq=seq, age_ms=0, content=content)))

    def seen_by_teacher(self, seq: int) -> None:
        """Record that the teacher's socket received a tile made from the snapshot `seq`."""
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


class IdleStudent(Person):
    """Has the class open and never starts the camera."""

    role = "student"

    async def receive(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        self.ready.set()


class Teacher(Person):
    """Acts like the dashboard: fetches the state when asked to, and takes and confirms every update."""

    role = "teacher"

    async def receive(self, socket: aiohttp.ClientWebSocketResponse, message: dict) -> None:
        match message["type"]:
            case "update":
                self._show(message["students"])
                if "number" in message:
                    await socket.send_json({"type": "shown", "number": message["number"]})
            case "ready" | "resync" as kind:
                self.register.ledger.resyncs += kind == "resync"
                path = f"{self.seat.url}/api/sessions/{self.seat.session}/live/"
                async with self.register.http.get(path, headers=self.seat.headers) as response:
                    response.raise_for_status()
                    self._show((await response.json())["students"])
                self.ready.set()

    def _show(self, tiles: list[dict]) -> None:
        for tile in tiles:
            student = self.register.students.get(tile["id"])
            if student and tile["seq"] is not None:
                student.seen_by_teacher(tile["seq"])
