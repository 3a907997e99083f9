"""A WebSocket that sends more pings or messages than any page."""

import asyncio

import aiohttp
import pytest

from classroom.simulation.browser import Browser
from config.message_limits import CONTROL_FRAMES_PER_MINUTE, MESSAGES_PER_MINUTE
from tests.running_class import running_class

PATIENCE_S = 60


@pytest.fixture
async def flooding(server):
    """A student's open socket."""
    student = Browser(server.url)
    await student.sign_in("student1@demo.example", server.password)
    async with running_class(server, "Floods") as session:
        socket = await student.http.ws_connect(
            f"{server.url}/ws/sessions/{session}/student/", headers={"Origin": server.url}, autoping=False
        )
        yield socket
        await socket.close()
    await student.close()


async def answers_until_closed(socket: aiohttp.ClientWebSocketResponse) -> list[aiohttp.WSMessage]:
    async with asyncio.timeout(PATIENCE_S):
        answers = []
        while not socket.closed:
            answers.append(await socket.receive())
        return answers


async def test_flood_of_pings_is_answered_up_to_the_limit_and_closed(flooding):
    for _ in range(CONTROL_FRAMES_PER_MINUTE + 40):
        await flooding.ping()
    answers = await answers_until_closed(flooding)
    assert sum(answer.type == aiohttp.WSMsgType.PONG for answer in answers) == CONTROL_FRAMES_PER_MINUTE
    assert flooding.close_code == 4429


async def test_flood_of_pongs_is_closed(flooding):
    for _ in range(CONTROL_FRAMES_PER_MINUTE + 1):
        await flooding.pong()
    await answers_until_closed(flooding)
    assert flooding.close_code == 4429


async def test_flood_of_messages_is_closed(flooding):
    for _ in range(MESSAGES_PER_MINUTE + 1):
        # The page's messages are accepted without an answer before joining the class, and refused afterwards.
        await flooding.send_bytes(b"")
    await answers_until_closed(flooding)
    assert flooding.close_code in (4400, 4429)
