import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from classroom.simulation import connection
from classroom.simulation.connection import receive_until_closed, send_if_open, stay_connected


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(connection, "FIRST_DELAY_S", 0.0)


class Server:
    """Ends one connection after another with the given close code or error."""

    def __init__(self, *ends) -> None:
        self.ends = list(ends)
        self.losses = 0

    async def connect(self) -> int | None:
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    def lost(self) -> None:
        self.losses += 1


async def test_connection_closed_with_a_final_code_is_not_reopened():
    server = Server(4410, 4410)
    assert await stay_connected(server.connect, lost=server.lost) == 4410
    assert (server.losses, len(server.ends)) == (0, 1)


@pytest.mark.parametrize("end", [None, 1006, 4500, 4503, aiohttp.ClientConnectionError("refused"), OSError("reset")])
async def test_lost_connection_is_reopened(end):
    server = Server(end, end, 1000)
    assert await stay_connected(server.connect, lost=server.lost) == 1000
    assert server.losses == 2


async def test_student_who_is_busy_while_the_class_ends_learns_why():
    """The server closes the socket and does not wait long for the answer."""
    dropped = asyncio.Event()

    async def end_class(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=0.01)
        await socket.prepare(request)
        await socket.send_json({"type": "capture"})
        await socket.close(code=4410)
        dropped.set()
        return socket

    async def draw_and_answer(message: dict) -> None:
        received.append(message)
        await dropped.wait()
        await asyncio.sleep(0.05)
        with pytest.raises(aiohttp.ClientConnectionResetError):
            await socket.send_bytes(b"picture")
        await send_if_open(socket, b"picture")

    app = web.Application()
    app.router.add_get("/", end_class)
    received: list[dict] = []
    async with TestClient(TestServer(app)) as client, client.ws_connect("/") as socket:
        assert await receive_until_closed(socket, draw_and_answer) == 4410
        assert socket.close_code == 1006
        await send_if_open(socket, {"type": "leave"})
    assert received == [{"type": "capture"}]
