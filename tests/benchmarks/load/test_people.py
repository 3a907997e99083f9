"""The load program's people, against a small scripted server."""

import asyncio
import contextlib

import aiohttp
import pytest
from aiohttp import web

from benchmarks.load import people
from benchmarks.load.ledger import Ledger
from benchmarks.load.people import Register, Seat, Student, Teacher
from classroom.snapshots import HEADER

WELCOME = {"type": "welcome", "student": {"id": 7, "name": "Ada"}}
CREDIT = {"type": "capture", "seq": 1, "interval_ms": 1500, "quality": 0.8, "width": 320}


class Server:
    """Sends `script` to each student, waiting for the answer to each credit, then closes with `code`."""

    def __init__(self, *script: dict, code: int = 4000) -> None:
        self.script = script
        self.code = code
        self.heard: list = []
        self.visits = 0
        self.third_visit = asyncio.Event()

    async def student(self, request: web.Request) -> web.WebSocketResponse:
        self.visits += 1
        if self.visits == 3:
            self.third_visit.set()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.heard += [request.headers["Cookie"], await socket.receive_json()]
        for message in self.script:
            await socket.send_json(message)
            if message["type"] == "capture":
                self.heard.append(await socket.receive_bytes())
        await socket.close(code=self.code)
        return socket

    async def teacher(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "ready"})
        await socket.send_json({"type": "update", "number": 5, "students": [{"id": 7, "seq": 1}]})
        self.heard.append(await socket.receive_json())
        await socket.close()
        return socket

    async def live(self, request: web.Request) -> web.Response:
        return web.json_response({"students": []})


@contextlib.asynccontextmanager
async def serving(server: Server):
    """Run the server; yield a register and a seat at it."""
    app = web.Application()
    app.router.add_get("/ws/sessions/3/student/", server.student)
    app.router.add_get("/ws/sessions/3/teacher/", server.teacher)
    app.router.add_get("/api/sessions/3/live/", server.live)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as http:
        yield Register(http, frames=[b"one", b"two"]), Seat(f"http://127.0.0.1:{port}", 3, {"Cookie": "sessionid=ada"})
    await runner.cleanup()


async def test_credit_is_answered_with_the_next_frame():
    server = Server(WELCOME, CREDIT, {**CREDIT, "seq": 2})
    async with serving(server) as (register, seat):
        assert await Student(seat, register, 0).connect() == "4000"
    assert server.heard == [
        "sessionid=ada",
        {"type": "start"},
        HEADER.pack(1, 0) + b"one",
        HEADER.pack(2, 0) + b"two",
    ]
    assert (register.ledger.sent, register.ledger.unanswered, register.ledger.sent_bytes) == (2, 2, 6)


async def test_result_counts_in_the_step_of_its_snapshot():
    async with serving(Server(WELCOME, CREDIT)) as (register, seat):
        student, first = Student(seat, register, 0), register.ledger
        await student.connect()
        register.ledger = Ledger()
        await student.receive(student.socket, {"type": "result", "seq": 1, "faces": 1})
    assert (first.sent, first.analysed, first.with_face) == (1, 1, 1)
    assert register.ledger == Ledger()


@pytest.mark.parametrize(("kind", "reason"), [("dropped", "reason"), ("refused", "code")])
async def test_snapshot_that_is_not_analysed_is_shed_once(kind, reason):
    answer = {"type": kind, "seq": 1, reason: "stale"}
    async with serving(Server(WELCOME, CREDIT, answer, answer)) as (register, seat):
        await Student(seat, register, 0).connect()
    assert getattr(register.ledger, kind) == {"stale": 1}
    assert (register.ledger.sent, register.ledger.shed, register.ledger.unanswered) == (1, 1, 0)


async def test_lost_socket_is_counted_and_reopened(monkeypatch):
    monkeypatch.setattr(people, "RECONNECT_S", 0)
    server = Server(WELCOME, code=1011)
    async with serving(server) as (register, seat):
        student = Student(seat, register, 0)
        attending = asyncio.create_task(student.attend())
        async with asyncio.timeout(10):
            await server.third_visit.wait()
        student.stopping = True
        await attending
    assert register.ledger.disconnects["1011"] >= 2


async def test_teacher_confirms_an_update_and_records_its_latency():
    server = Server(WELCOME, CREDIT)
    async with serving(server) as (register, seat):
        await Student(seat, register, 0).connect()
        await Teacher(seat, register).connect()
    assert server.heard[-1] == {"type": "shown", "number": 5}
    assert len(register.ledger.to_teacher_ms) == 1
