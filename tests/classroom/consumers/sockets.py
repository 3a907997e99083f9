"""The client side of the two sockets, for tests."""

import asyncio

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from classroom.snapshots import Frame, pack_frame
from config.asgi import application

PATIENCE_S = 20


@database_sync_to_async
def signed_in_cookie(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Socket:
    """An open socket with cookies and an origin, like a browser's.

    `user` signs in first, unless `session_key` names an earlier sign-in.
    """

    def __init__(
        self,
        path: str,
        user=None,
        origin: str | None = "http://testserver",
        language: str = "",
        session_key: str = "",
        host: str = "testserver",
    ) -> None:
        self.path, self.user, self.origin, self.language = path, user, origin, language
        self.session_key, self.host = session_key, host

    async def __aenter__(self):
        headers = [(b"host", self.host.encode())] if self.host else []
        if self.origin:
            headers.append((b"origin", self.origin.encode()))
        if self.user and not self.session_key:
            self.session_key = await signed_in_cookie(self.user)
        if self.session_key:
            cookie = f"{settings.SESSION_COOKIE_NAME}={self.session_key}"
            cookie += f"; {settings.LANGUAGE_COOKIE_NAME}={self.language}" if self.language else ""
            headers.append((b"cookie", cookie.encode()))
        self.communicator = WebsocketCommunicator(application, self.path, headers)
        self.accepted, self.refusal = await self.communicator.connect(timeout=PATIENCE_S)
        return self

    async def __aexit__(self, *_) -> None:
        if not self.communicator.future.done():
            await self.communicator.disconnect(timeout=PATIENCE_S)

    async def failure(self) -> BaseException | None:
        """Wait until the application ends; return the exception it raised."""
        await asyncio.wait([self.communicator.future], timeout=PATIENCE_S)
        return self.communicator.future.exception()

    async def send(self, command: str, **fields) -> None:
        await self.communicator.send_json_to({"type": command, **fields})

    async def send_text(self, text: str) -> None:
        await self.communicator.send_to(text_data=text)

    async def send_frame(self, frame: bytes) -> None:
        await self.communicator.send_to(bytes_data=frame)

    async def receive(self) -> dict:
        """Return the next message. An update is confirmed, as the dashboard does."""
        message = await self.communicator.receive_json_from(timeout=PATIENCE_S)
        if message["type"] == "update":
            await self.send("shown", number=message["number"])
        return message

    async def receive_type(self, wanted: str) -> dict:
        """Return the next message of the type, skipping others."""
        while (message := await self.receive())["type"] != wanted:
            pass
        return message

    async def close_code(self) -> int:
        """Return the code the server closes with, skipping messages."""
        while (output := await self.communicator.receive_output(PATIENCE_S))["type"] != "websocket.close":
            pass
        return output.get("code") or 1000

    async def is_silent(self, seconds: float = 0.2) -> bool:
        return await self.communicator.receive_nothing(timeout=seconds)


def student_socket(session, user=None, **options) -> Socket:
    return Socket(f"/ws/sessions/{session.pk}/student/", user, **options)


def teacher_socket(session, user=None, **options) -> Socket:
    return Socket(f"/ws/sessions/{session.pk}/teacher/", user, **options)


def packed(jpeg: bytes, seq: int, age_ms: int = 10) -> bytes:
    return pack_frame(Frame(seq=seq, age_ms=age_ms, content=jpeg))


async def start(socket: Socket) -> int:
    """Start the camera; return the number of the first credit."""
    await socket.send("start")
    return (await socket.receive_type("capture"))["seq"]


async def refusal_of(socket: Socket, frame: bytes) -> str:
    await socket.send_frame(frame)
    return (await socket.receive_type("refused"))["code"]


async def receive_tile(socket: Socket, student, **wanted) -> dict:
    """Return the student's tile once it has these values."""
    while True:
        update = await socket.receive_type("update")
        for tile in update["students"]:
            if tile["id"] == student.pk and wanted.items() <= tile.items():
                return tile


async def receive_voice(socket: Socket, **wanted) -> dict:
    """Return the voice of the class once it has these values."""
    while True:
        voice = (await socket.receive_type("update"))["voice"]
        if wanted.items() <= voice.items():
            return voice
