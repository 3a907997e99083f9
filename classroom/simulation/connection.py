"""Sockets of simulated people, which reconnect by themselves like static/js/lib/live-socket.js."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Awaitable, Callable

import aiohttp

FIRST_DELAY_S = 0.8
LONGEST_DELAY_S = 30.0
# A connection that lasted this long was good: after its loss, delays start again from the shortest.
SETTLED_S = 10.0
FINAL_CODES = frozenset({1000, 4400, 4401, 4403, 4404, 4409, 4410, 4429})


async def receive_until_closed(
    socket: aiohttp.ClientWebSocketResponse, receive: Callable[[dict], Awaitable[None]]
) -> int | None:
    """Call `receive` with each JSON message, and return the close code that the server sent, or aiohttp's if it sent
    none. (`socket.close_code` alone is 1006 whenever the server no longer waits for the answer to its code.)"""
    while True:
        message = await socket.receive()
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                await receive(json.loads(message.data))
            case aiohttp.WSMsgType.CLOSE:
                return message.data
            case aiohttp.WSMsgType.CLOSING | aiohttp.WSMsgType.CLOSED | aiohttp.WSMsgType.ERROR:
                return socket.close_code


async def send_if_open(socket: aiohttp.ClientWebSocketResponse, message: dict | bytes) -> None:
    """Send JSON or bytes. If the connection is closing, do nothing: `receive_until_closed` returns the reason."""
    with contextlib.suppress(aiohttp.ClientConnectionResetError):
        await (socket.send_bytes(message) if isinstance(message, bytes) else socket.send_json(message))


async def stay_connected(connect: Callable[[], Awaitable[int | None]], *, lost: Callable[[], None]) -> int:
    """Reconnect until the socket is closed with one of FINAL_CODES, and return that code.

    `connect` opens a socket, runs it until it closes and returns the close code. `lost` is called at each loss.
    """
    attempt = 0
    while True:
        began = time.monotonic()
        with contextlib.suppress(aiohttp.ClientError, OSError):
            code = await connect()
            if code in FINAL_CODES:
                return code
        lost()
        if time.monotonic() - began > SETTLED_S:
            attempt = 0
        longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**attempt)
        attempt += 1
        await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311  # jitter, no secret
