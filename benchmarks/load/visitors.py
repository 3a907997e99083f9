"""Visitors who cost a server as much as they can, limited in number and time. Only for a server on this machine.

Each runs until its time is up, and returns counts of what happened, by kind.
"""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import cv2
import numpy as np

from benchmarks.load.people import Seat
from classroom.snapshots import Frame, pack_frame
from emotions.synthetic.webcam import webcam_frames

JOINS_PER_S = 23
SIGN_INS_AT_ONCE = 40
BODIES_AT_ONCE = 8
BODY_BYTES = 1_200_000_000
SLOW_CLIENTS = 950
DRIP_S = 2.0
SNAPSHOT_BYTES = 60_000
# The pause after an attempt that was refused at once.
PAUSE_S = 0.05


@dataclass(frozen=True)
class Target:
    """The server, and the seats of two students who attack it."""

    url: str
    seats: tuple[Seat, Seat]
    seconds: float


async def joins(target: Target) -> Counter[str]:
    """One student opens and closes the class's socket."""
    outcomes: Counter[str] = Counter()
    async with _http() as http:
        async for due in _until(target.seconds):
            with _counted(outcomes):
                async with _socket(http, target.seats[0]) as socket:
                    message = await socket.receive(timeout=10)
                    outcomes[str(socket.close_code) if socket.closed else message.type.name] += 1
            await asyncio.sleep(max(0.0, due + 1 / JOINS_PER_S - time.monotonic()))
    return outcomes


async def sign_ins(target: Target) -> Counter[str]:
    """Somebody without an account tries passwords, many at once."""
    outcomes: Counter[str] = Counter()

    async def try_passwords(number: int) -> None:
        url = f"{target.url}/accounts/login/"
        async with _http(keeps_cookies=True) as http:
            await http.get(url)
            token = next(cookie.value for cookie in http.cookie_jar if cookie.key == "csrftoken")
            headers = {"Referer": url, "X-CSRFToken": token}
            async for now in _until(target.seconds):
                form = {"login": f"{number}.{now}@example.org", "password": "guess"}
                with _counted(outcomes):
                    async with http.post(url, data=form, headers=headers, allow_redirects=False) as response:
                        outcomes[str(response.status)] += 1

    await asyncio.gather(*map(try_passwords, range(SIGN_INS_AT_ONCE)))
    return outcomes


async def bodies(target: Target) -> Counter[str]:
    """Somebody without an account sends bodies of more than a gigabyte, with a stated length and in chunks."""
    outcomes: Counter[str] = Counter()
    declared, chunked = f"Content-Length: {BODY_BYTES}", "Transfer-Encoding: chunked"

    async def send(length: str) -> None:
        async for _ in _until(target.seconds):
            with _counted(outcomes):
                async with _connection(target.url) as (reader, writer):
                    writer.write(_head(target.url, "POST", length))
                    chunk = b"x" * 65536
                    part = chunk if length == declared else b"10000\r\n" + chunk + b"\r\n"
                    for _ in range(BODY_BYTES // len(chunk)):
                        writer.write(part)
                        await writer.drain()
                    outcomes[(await reader.read(12)).decode()] += 1
            await asyncio.sleep(PAUSE_S)

    await asyncio.gather(*(send([declared, chunked][number % 2]) for number in range(BODIES_AT_ONCE)))
    return outcomes


async def slow_clients(target: Target) -> Counter[str]:
    """Somebody without an account holds many connections open, and now and then sends a byte on each."""
    outcomes: Counter[str] = Counter()

    async def drip(number: int) -> None:
        await asyncio.sleep(number / SLOW_CLIENTS)
        async for _ in _until(target.seconds):
            with _counted(outcomes):
                async with _connection(target.url) as (_reader, writer):
                    writer.write(_head(target.url, "GET", "X-Slow: 1")[:-2])
                    async for _ in _until(target.seconds):
                        writer.write(b"x")
                        await writer.drain()
                        await asyncio.sleep(DRIP_S)
                    outcomes["held to the end"] += 1

    await asyncio.gather(*map(drip, range(SLOW_CLIENTS)))
    return outcomes


async def bombs(target: Target) -> Counter[str]:
    """Two students answer every credit with a JPEG that is costly to decode, or with a collage of faces."""
    outcomes: Counter[str] = Counter()

    async def answer(seat: Seat, jpeg: bytes) -> None:
        async with _http() as http:
            async for _ in _until(target.seconds):
                with _counted(outcomes):
                    async with _socket(http, seat) as socket, asyncio.timeout(target.seconds):
                        await socket.send_json({"type": "start"})
                        await _answer_credits(socket, jpeg, outcomes)
                await asyncio.sleep(PAUSE_S)

    # Started one after the other: a JPEG of each kind is made once.
    await asyncio.gather(*map(answer, target.seats, (_many_scans(), _many_faces())))
    return outcomes


async def floods(target: Target) -> Counter[str]:
    """One student sends commands, another pings, as fast as the connection takes them."""
    outcomes: Counter[str] = Counter()

    async def flood(seat: Seat, send: Callable[[aiohttp.ClientWebSocketResponse], Awaitable[None]]) -> None:
        async with _http() as http:
            async for _ in _until(target.seconds):
                with _counted(outcomes):
                    async with _socket(http, seat) as socket:
                        async for _ in _until(target.seconds):
                            await send(socket)
                            if socket.closed or socket._conn is None:
                                break
                await asyncio.sleep(PAUSE_S)

    hand = json.dumps({"type": "hand", "up": True})
    await asyncio.gather(
        flood(target.seats[0], lambda socket: socket.send_str(hand)),
        flood(target.seats[1], lambda socket: socket.ping()),
    )
    return outcomes


VISITORS = {each.__name__: each for each in (joins, sign_ins, bodies, slow_clients, bombs, floods)}


async def _answer_credits(socket: aiohttp.ClientWebSocketResponse, jpeg: bytes, outcomes: Counter[str]) -> None:
    async for message in socket:
        answer = json.loads(message.data)
        if answer["type"] == "capture":
            await socket.send_bytes(pack_frame(Frame(seq=answer["seq"], age_ms=0, content=jpeg)))
        elif answer["type"] in ("result", "dropped", "refused"):
            outcomes[answer.get("code") or answer.get("reason") or "result"] += 1


def _many_scans() -> bytes:
    """A small JPEG whose scan is repeated until it is as long as a snapshot may be."""
    jpeg = cv2.imencode(".jpg", np.zeros((720, 1280, 3), np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    start = jpeg.rindex(b"\xff\xda")
    scan = jpeg[start:-2]
    return jpeg[:start] + scan * ((SNAPSHOT_BYTES - start) // len(scan)) + jpeg[-2:]


def _many_faces() -> bytes:
    """The face of the usual frames, 48 times."""
    frame = np.asarray(cv2.imdecode(np.frombuffer(next(webcam_frames(None, 1)), np.uint8), cv2.IMREAD_COLOR))
    tile = cv2.resize(frame[:110, 80:190], (80, 80), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", np.tile(tile, (6, 8, 1)), [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()


async def _until(seconds: float) -> AsyncIterator[float]:
    """Yield the time until it is up."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        yield now


@contextlib.contextmanager
def _counted(outcomes: Counter[str]):
    """Count an error that ends an attempt, instead of ending the visitor."""
    try:
        yield
    except (aiohttp.ClientError, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        outcomes[type(error).__name__] += 1


def _http(*, keeps_cookies: bool = False) -> aiohttp.ClientSession:
    jar = aiohttp.CookieJar(unsafe=True) if keeps_cookies else aiohttp.DummyCookieJar()
    return aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(60))


def _socket(http: aiohttp.ClientSession, seat: Seat):
    return http.ws_connect(f"{seat.url}/ws/sessions/{seat.session}/student/", headers=seat.headers)


@contextlib.asynccontextmanager
async def _connection(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def _head(url: str, method: str, line: str) -> bytes:
    return f"{method} /accounts/login/ HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n{line}\r\n\r\n".encode()
