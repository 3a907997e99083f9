import asyncio
from types import SimpleNamespace

import aiohttp
import pytest

from classroom.simulation.browser import Browser
from classroom.simulation.connection import receive_until_closed
from config import shutdown
from tests.running_class import running_class
from tests.server import free_port, start_daphne

REQUESTS = 20
END_S = 20


@pytest.fixture
async def session(server):
    async with running_class(server, "A process ends") as session:
        yield session


@pytest.fixture
def second_process(server):
    """A further web process: its address and the process."""
    url = f"http://127.0.0.1:{free_port()}"
    process = start_daphne(url, {**server.env, "SITE_URL": url}, server.log)
    yield url, process
    process.kill()
    process.wait()


@pytest.fixture
async def student(server, second_process):
    url, _ = second_process
    student = Browser(url)
    await student.sign_in("student1@demo.example", server.password)
    yield student
    await student.close()


async def test_process_that_ends_answers_its_requests_and_sends_pages_to_another(
    server, session, second_process, student
):
    url, process = second_process
    socket = await student.open_socket(f"/ws/sessions/{session}/student/")
    assert (await socket.receive_json())["type"] == "welcome"
    attending = f"select id from classroom_attendance where session_id = {session}"  # noqa: S608
    stays = f"select count(*) from classroom_stay where left_at is null and attendance_id in ({attending})"  # noqa: S608
    assert server.count(stays) == 1

    async with aiohttp.ClientSession() as visitor:

        async def sign_in_page() -> int:
            async with visitor.get(f"{url}/accounts/login/") as response:
                await response.read()
                return response.status

        # Twice: the second time all of them have connections.
        await asyncio.gather(*[sign_in_page() for _ in range(REQUESTS)])
        requests = [asyncio.create_task(sign_in_page()) for _ in range(REQUESTS)]
        await asyncio.wait(requests, return_when=asyncio.FIRST_COMPLETED)
        process.terminate()
        assert await asyncio.gather(*requests) == [200] * REQUESTS

    async with asyncio.timeout(END_S):
        assert await receive_until_closed(socket, _ignore) == 4503
    assert await asyncio.to_thread(process.wait, END_S) == 0
    assert server.count(stays) == 0


async def _ignore(_: dict) -> None: ...


async def test_requests_that_take_too_long_are_cancelled(monkeypatch, caplog):
    monkeypatch.setattr(shutdown, "REQUESTS_S", 0.05)
    endless, ended = asyncio.create_task(asyncio.Event().wait()), asyncio.create_task(asyncio.sleep(0))
    server = shutdown.GracefulServer(None, ["tcp:port=0"])
    server.ports, server.http_factory = [], SimpleNamespace(protocols={})
    # In daphne's form: the third connection's request was answered.
    server.connections = {1: {"application_instance": endless}, 2: {"application_instance": ended}, 3: {}}
    await server._finish()
    assert endless.cancelled()
    assert "cancelled 1 requests and sockets" in caplog.text
