"""A socket that comes back by itself, in the manner of static/js/lib/live-socket.js."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import aiohttp

FIRST_DELAY_S = 0.8
LONGEST_DELAY_S = 30.0
SETTLED_S = 10.0
FINAL_CODES = frozenset({1000, 4400, 4401, 4403, 4404, 4409, 4410, 4429})


async def stay_connected(connect: Callable[[], Awaitable[int | None]], *, lost: Callable[[], None]) -> int:
    """Keep up a connection until it is closed for good; returns with which code.

    `connect` opens a socket, lives with it and returns the code it was closed with. `lost` is called at each loss.
    """
    attempt = 0
    while True:
        began = time.monotonic()
        code = await _one_connection(connect)
        if code in FINAL_CODES:
            return code
        lost()
        if time.monotonic() - began > SETTLED_S:
            attempt = 0
        longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**attempt)
        attempt += 1
        await asyncio.sleep(longest * (0.5 + random.random() / 2))  # noqa: S311  # jitter, no secret


async def _one_connection(connect: Callable[[], Awaitable[int | None]]) -> int | None:
    try:
        return await connect()
    except (aiohttp.ClientError, OSError):
        return None
