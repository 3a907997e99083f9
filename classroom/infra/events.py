"""What travels over the channel layer, and the one way to publish it.

The layer may lose messages (a full buffer, a restart of Redis), so the events of a session are numbered; a receiver
that sees a gap reads the state anew.
"""

import asyncio
import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any, TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache

from classroom.infra.redis import redis_client
from classroom.measures import Probabilities

logger = logging.getLogger(__name__)

NUMBER_TTL_S = 24 * 60 * 60
PUBLISH_TIMEOUT_S = 5

# The web server's event loop, once a consumer runs on it; in a worker, a loop for this alone.
_server_loop: asyncio.AbstractEventLoop | None = None


class Says(TypedDict):
    """What a student says of the lesson: one of SelfReport.Answer, and when she said it."""

    answer: str
    at: float


class Tile(TypedDict):
    """One student as the dashboard shows her. Times in seconds since 1970. See docs/architecture.md.

    What she says and her hand travel in events of their own, with `heard` as the time of their last change; a tile
    that is published by itself does not know of them.
    """

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
    says: Says | None
    hand_since: float | None
    heard: float


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
    saved: bool
    kept: bool


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


def publish_tiles(session_id: int, tiles: Sequence[Tile], *, saved: bool = True) -> None:
    """Show the tiles to the teachers; `saved` is False for readings that the database has not."""
    _publish_numbered(session_id, {"type": "tiles.changed", "tiles": tiles, "saved": saved})


def publish_answer(session_id: int, student_id: int, says: Says | None, *, heard: float) -> None:
    _publish_numbered(session_id, {"type": "answer.said", "student": student_id, "says": says, "heard": heard})


def publish_hand(session_id: int, student_id: int, since: float | None, *, heard: float) -> None:
    _publish_numbered(session_id, {"type": "hand.moved", "student": student_id, "since": since, "heard": heard})


def publish_markers(session_id: int) -> None:
    """The session's markers are others now; whoever shows them reads them anew."""
    _publish_numbered(session_id, {"type": "markers.changed"})


def publish_alerts(session_id: int) -> None:
    """The session's alerts are others now; whoever shows them reads them anew."""
    _publish_numbered(session_id, {"type": "alerts.changed"})


def publish_end(session_id: int) -> None:
    publish(session_group(session_id), {"type": "session.ended"})


def latest_number(session_id: int) -> int:
    """The number of the session's last event."""
    number: int = cache.get_or_set(_number_key(session_id), _first_number, NUMBER_TTL_S)  # type: ignore[assignment]
    return number


def publish(group: str, message: dict[str, Any]) -> None:
    """Send to a group from synchronous code. Losing a message is logged, never an error for the sender."""
    layer = get_channel_layer()
    _run(layer.group_send(group, message))


def send(messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Send to sockets from synchronous code: the channel's name and the message of each."""
    _run(_send_each(messages))


def note_server_loop() -> None:
    """Called by every consumer on connecting: threads of this process publish through the loop it runs on."""
    global _server_loop
    _server_loop = asyncio.get_running_loop()


def start_publishing_loop() -> None:
    """Called in every worker process: one loop keeps one connection, where each event would open its own."""
    global _server_loop
    _server_loop = asyncio.new_event_loop()
    threading.Thread(target=_server_loop.run_forever, name="events", daemon=True).start()


def _run(coroutine: Any) -> None:
    try:
        if _server_loop is None:
            async_to_sync(_awaited)(coroutine)
        elif _server_loop.is_running():
            _wait_for(asyncio.run_coroutine_threadsafe(coroutine, _server_loop))
        else:
            coroutine.close()
    except Exception:
        logger.exception("An event could not be published.")


def _publish_numbered(session_id: int, message: dict[str, Any]) -> None:
    try:
        number = _next_number(session_id)
    except Exception:
        logger.exception("An event could not be numbered.")
        return
    publish(teachers_group(session_id), {**message, "event": number})


def _wait_for(future: Future[None]) -> None:
    try:
        future.result(PUBLISH_TIMEOUT_S)
    finally:
        future.cancel()  # no more than a formality, but where the time was up


async def _send_each(messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
    layer = get_channel_layer()
    # Side by side: one after the other they would cost a slow network a round trip each.
    sent = await asyncio.gather(*(layer.send(*each) for each in messages), return_exceptions=True)
    for error in filter(None, sent):
        logger.error("An event could not be sent.", exc_info=error)


async def _awaited(coroutine: Any) -> None:
    await coroutine


def _next_number(session_id: int) -> int:
    key = _number_key(session_id)
    if not settings.EMBEDDED:
        # As below, in one round trip.
        stored = cache.make_key(key)
        pipe = redis_client().pipeline()
        pipe.set(stored, _first_number(), nx=True, ex=NUMBER_TTL_S)
        pipe.incr(stored)
        return pipe.execute()[1]
    try:
        return cache.incr(key)
    except ValueError:  # the first, or the cache has lost it
        cache.add(key, _first_number(), NUMBER_TTL_S)
        return cache.incr(key)


def _first_number() -> int:
    """From the clock: where the cache has lost the last number, the next one is a gap that every receiver notices."""
    return time.time_ns() // 1_000_000


def _number_key(session_id: int) -> str:
    return f"event-number:{session_id}"
