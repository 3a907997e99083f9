"""Publishing on the channel layer: one function for each kind of message.

The layer may lose messages (a full buffer, a restart of Redis), so the events of a session are numbered; a receiver
that notices a gap reloads the state.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache

from classroom.infra.event_types import (
    AccessChanged,
    AlertsChanged,
    AnswerPayload,
    AnswerSaid,
    CamerasResting,
    ClassAsked,
    ClassChanged,
    ConsentChanged,
    CourseChanged,
    GroupEvent,
    HandLowered,
    HandMoved,
    MarkersChanged,
    NumberedEvent,
    Result,
    SaidErased,
    SessionEnded,
    SignInsChanged,
    SnapshotDropped,
    SnapshotEvent,
    SnapshotResult,
    StudentReplaced,
    Tile,
    TilesChanged,
    UserSignedOut,
)
from classroom.infra.redis import channels_client, redis_client
from classroom.snapshots import DropReason

logger = logging.getLogger(__name__)

NUMBER_TTL_S = 24 * 60 * 60
PUBLISH_TIMEOUT_S = 5

# Sessions with an event that got no number, because Redis was unavailable.
_unnumbered: set[int] = set()
# Embedded: the server's event loop, once a consumer runs on it.
_server_loop: asyncio.AbstractEventLoop | None = None


# --- groups


def session_group(session_id: int) -> str:
    """Every socket of the session."""
    return f"session.{session_id}"


def teachers_group(session_id: int) -> str:
    return f"session.{session_id}.teachers"


def student_group(session_id: int, student_id: int) -> str:
    return f"session.{session_id}.student.{student_id}"


def user_group(user_id: int) -> str:
    return f"user.{user_id}"


def sign_in_digest(session_key: str | None) -> str:
    """Name a browser's sign-in on the channel layer without revealing its session key."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()


# --- one function for each message


def publish_tiles(session_id: int, tiles: Sequence[Tile], *, saved: bool = True) -> None:
    """Send changed tiles to the dashboards; `saved` is False while the database lacks their readings."""
    _publish_numbered(
        session_id, lambda number: TilesChanged(type="tiles.changed", tiles=tiles, saved=saved, event=number)
    )


def publish_answer(session_id: int, student_id: int, says: AnswerPayload | None, *, heard: float) -> None:
    """Send a student's answer, or None once it no longer holds. `heard` orders it among other changes."""
    _publish_numbered(
        session_id,
        lambda number: AnswerSaid(type="answer.said", student=student_id, says=says, heard=heard, event=number),
    )


def publish_hand(session_id: int, student_id: int, since: float | None, *, heard: float) -> None:
    """Send since when a student's hand has been up, or None once it is down. `heard` orders it among other changes."""
    _publish_numbered(
        session_id,
        lambda number: HandMoved(type="hand.moved", student=student_id, since=since, heard=heard, event=number),
    )


def publish_markers(session_id: int) -> None:
    _publish_numbered(session_id, lambda number: MarkersChanged(type="markers.changed", event=number))


def publish_alerts(session_id: int) -> None:
    _publish_numbered(session_id, lambda number: AlertsChanged(type="alerts.changed", event=number))


def publish_class_changed(session_id: int) -> None:
    publish(teachers_group(session_id), ClassChanged(type="class.changed"))


def publish_cameras_resting(session_id: int) -> None:
    publish(teachers_group(session_id), CamerasResting(type="cameras.resting"))


def publish_hand_lowered(session_id: int, student_id: int) -> None:
    publish(student_group(session_id, student_id), HandLowered(type="hand.lowered"))


def publish_said_erased(session_id: int, student_id: int) -> None:
    publish(student_group(session_id, student_id), SaidErased(type="said.erased"))


async def publish_student_replaced(session_id: int, student_id: int, *, stay_id: int, connection: int) -> None:
    message = StudentReplaced(type="student.replaced", stay=stay_id, connection=connection)
    await get_channel_layer().group_send(student_group(session_id, student_id), message)


def publish_end(session_id: int) -> None:
    publish(session_group(session_id), SessionEnded(type="session.ended"))


def publish_asked(session_id: int, at: float) -> None:
    publish(session_group(session_id), ClassAsked(type="class.asked", at=at))


def publish_course_changed(session_id: int) -> None:
    publish(session_group(session_id), CourseChanged(type="course.changed"))


def publish_consent_changed(user_id: int, course_id: int | None) -> None:
    """`course_id`: None if the change is about every course."""
    publish(user_group(user_id), ConsentChanged(type="consent.changed", course=course_id))


def publish_access_changed(group: str) -> None:
    """`group`: a user's, or a session's if anyone in it may have lost access."""
    publish(group, AccessChanged(type="access.changed"))


def publish_signed_out(user_id: int, sign_in: str) -> None:
    publish(user_group(user_id), UserSignedOut(type="user.signed.out", sign_in=sign_in))


def publish_sign_ins_changed(user_id: int) -> None:
    publish(user_group(user_id), SignInsChanged(type="sign.ins.changed"))


def snapshot_result(result: Result, *, queue_ms: int) -> SnapshotResult:
    return SnapshotResult(type="snapshot.result", result=result, queue_ms=queue_ms)


def snapshot_dropped(seq: int, reason: DropReason, *, queue_ms: int) -> SnapshotDropped:
    return SnapshotDropped(type="snapshot.dropped", seq=seq, reason=reason, queue_ms=queue_ms)


# --- sending from synchronous code: a lost message is logged, never an error for the sender


def publish(group: str, message: GroupEvent) -> None:
    _deliver([(group, message)], to_groups=True)


def send(messages: Sequence[tuple[str, SnapshotEvent]]) -> None:
    """Send each message to its channel."""
    _deliver(messages)


def note_server_loop() -> None:
    """Let this process's threads publish through the loop that runs here. Every consumer calls it on connecting."""
    global _server_loop
    _server_loop = asyncio.get_running_loop()


def _publish_numbered(session_id: int, build: Callable[[int], NumberedEvent]) -> None:
    try:
        number = _next_number(session_id)
    except Exception:
        logger.exception("An event could not be numbered.")
        _unnumbered.add(session_id)
        return
    publish(teachers_group(session_id), build(number))


def _deliver(messages: Sequence[tuple[str, Any]], *, to_groups: bool = False) -> None:
    try:
        if settings.EMBEDDED:
            _run_on_loop(messages, to_groups)
        else:
            _publish_on_redis(messages, to_groups)
    except Exception:
        logger.exception("An event could not be published.")


def _publish_on_redis(messages: Sequence[tuple[str, Any]], to_groups: bool) -> None:
    """Do what the channel layer does, but for all messages in one round trip. The layer needs an event loop, which
    would mean another thread, and its sends wait for one another."""
    serialize = get_channel_layer().serialize
    pipe = channels_client().pipeline(transaction=False)
    for name, message in messages:
        pipe.publish(_group_channel(name) if to_groups else name, serialize(message))
    pipe.execute()


def _group_channel(group: str) -> str:
    """Return the Redis channel to which channels_redis subscribes for a group."""
    prefix = settings.CHANNEL_LAYERS["default"]["CONFIG"].get("prefix", "asgi")
    return f"{prefix}__group__{group}"


async def _send_each(messages: Sequence[tuple[str, Any]], to_groups: bool) -> None:
    layer = get_channel_layer()
    send_one = layer.group_send if to_groups else layer.send
    # Concurrently: one that fails does not hold back the others.
    results = await asyncio.gather(*(send_one(*each) for each in messages), return_exceptions=True)
    for error in filter(None, results):
        logger.error("An event could not be published.", exc_info=error)


def _run_on_loop(messages: Sequence[tuple[str, Any]], to_groups: bool) -> None:
    """Send the messages on the server's loop; does nothing once that has stopped."""
    if _server_loop is None:
        async_to_sync(_send_each)(messages, to_groups)
    elif _server_loop.is_running():
        future = asyncio.run_coroutine_threadsafe(_send_each(messages, to_groups), _server_loop)
        try:
            future.result(PUBLISH_TIMEOUT_S)
        finally:
            future.cancel()  # does nothing unless it timed out


# --- numbers


def number_lost_events(**_: object) -> None:
    """Use up a number for each session with an event that got none: its dashboards notice the gap, and reload."""
    for session_id in list(_unnumbered):
        _next_number(session_id)
        _unnumbered.discard(session_id)


def latest_number(session_id: int) -> int:
    """Return the number of the session's last event."""
    number: int = cache.get_or_set(_number_key(session_id), _first_number, NUMBER_TTL_S)  # type: ignore[assignment]
    return number


def _next_number(session_id: int) -> int:
    key = _number_key(session_id)
    if not settings.EMBEDDED:
        # The same as below in one round trip.
        stored = cache.make_key(key)
        pipe = redis_client().pipeline(transaction=False)
        pipe.set(stored, _first_number(), nx=True, ex=NUMBER_TTL_S)
        pipe.incr(stored)
        return pipe.execute()[1]
    try:
        return cache.incr(key)
    except ValueError:  # the session's first event, or the cache lost the number
        cache.add(key, _first_number(), NUMBER_TTL_S)
        return cache.incr(key)


def _first_number() -> int:
    """Take it from the clock: if the cache has lost the last number, every receiver notices a gap before the next
    one."""
    return time.time_ns() // 1_000_000


def _number_key(session_id: int) -> str:
    return f"event-number:{session_id}"
