"""What travels over the channel layer, and the one way to publish it.

The layer may lose messages (a full buffer, a restart of Redis), so the events of a session are numbered; a receiver
that sees a gap reads the state anew.
"""

import asyncio
import hashlib
import logging
from typing import Any, TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import cache

from classroom.measures import Probabilities

logger = logging.getLogger(__name__)

NUMBER_TTL_S = 24 * 60 * 60
PUBLISH_TIMEOUT_S = 5

# The web server's event loop, once a consumer runs on it. Workers have none.
_server_loop: asyncio.AbstractEventLoop | None = None


class Tile(TypedDict):
    """One student as the dashboard shows her. Times in seconds since 1970. See docs/architecture.md."""

    id: int
    name: str
    state: str
    updated: float
    expression: str | None
    uncertain: str | None
    confidence: float | None
    probabilities: Probabilities | None
    faces: int | None
    captured_at: float | None
    seq: int | None
    trend: list[float]


class Result(TypedDict):
    """What a student is told of one snapshot."""

    seq: int
    faces: int
    box: list[float] | None
    expression: str | None
    uncertain: str | None
    confidence: float | None
    probabilities: Probabilities | None
    model: str


def session_group(session_id: int) -> str:
    """Everyone whose socket belongs to the session."""
    return f"session.{session_id}"


def teachers_group(session_id: int) -> str:
    return f"session.{session_id}.teachers"


def student_group(session_id: int, student_id: int) -> str:
    return f"session.{session_id}.student.{student_id}"


def user_group(user_id: int) -> str:
    return f"user.{user_id}"


def sign_in_digest(session_key: str | None) -> str:
    """Names a browser's sign-in on the channel layer without giving its session key away."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()


def publish_tile(session_id: int, tile: Tile) -> None:
    try:
        number = _next_number(session_id)
    except Exception:
        logger.exception("An event could not be numbered.")
        return
    publish(teachers_group(session_id), {"type": "tile.changed", "event": number, "tile": tile})


def publish_end(session_id: int) -> None:
    publish(session_group(session_id), {"type": "session.ended"})


def latest_number(session_id: int) -> int:
    """The number of the session's last event, 0 before the first."""
    return cache.get(_number_key(session_id), 0)


def publish(group: str, message: dict[str, Any]) -> None:
    """Send to a group from synchronous code. Losing a message is logged, never an error for the sender."""
    layer = get_channel_layer()
    _run(layer.group_send(group, message))


def send(channel: str, message: dict[str, Any]) -> None:
    """Send to one socket's channel from synchronous code."""
    layer = get_channel_layer()
    _run(layer.send(channel, message))


def note_server_loop() -> None:
    """Called by every consumer on connecting: threads of this process publish through the loop it runs on."""
    global _server_loop
    _server_loop = asyncio.get_running_loop()


def _run(coroutine: Any) -> None:
    try:
        if _server_loop is None:
            async_to_sync(_awaited)(coroutine)
        elif _server_loop.is_running():
            asyncio.run_coroutine_threadsafe(coroutine, _server_loop).result(PUBLISH_TIMEOUT_S)
        else:
            coroutine.close()
    except Exception:
        logger.exception("An event could not be published.")


async def _awaited(coroutine: Any) -> None:
    await coroutine


def _next_number(session_id: int) -> int:
    key = _number_key(session_id)
    cache.add(key, 0, NUMBER_TTL_S)
    return cache.incr(key)


def _number_key(session_id: int) -> str:
    return f"event-number:{session_id}"
