import asyncio
import time
import types
from collections.abc import Sequence
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from asgiref.sync import sync_to_async
from channels.layers import BaseChannelLayer
from django.core.cache import cache
from redis import Redis
from redis.exceptions import RedisError

from accounts.models import User
from classroom.consumers.student import StudentConsumer
from classroom.consumers.teacher import TeacherConsumer
from classroom.domain.readings.record import Read, build_result
from classroom.domain.tiles import build_absent_tile, build_tile
from classroom.infra import event_types, events
from classroom.models import Attendance, ClassSession, Course, Reading
from tests.factories import NOW, shares

READING = Reading(
    seq=3, faces=1, expression="happy", captured_at=NOW, received_at=NOW, model="test", **shares("happy"),
    box_x=0.1, box_y=0.2, box_w=0.3, box_h=0.4,
)  # fmt: skip
WITHOUT_FACE = Reading(seq=3, faces=0, captured_at=NOW, received_at=NOW, model="test")
RESULT = build_result(Read(READING, saved=True, pending=False))
ADA = User(pk=5, name="Ada Lovelace")
TILE = build_tile(
    Attendance(
        student=ADA,
        session=ClassSession(course=Course(mode="camera")),
        camera="on",
        changed_at=NOW,
        latest_reading=READING,
    ),
    is_present=True,
    now=NOW,
    trend=[0.1],
)
TEACHERS, SESSION, STUDENT, USER = "session.7.teachers", "session.7", "session.7.student.5", "user.5"

# How each type of message is published, and where it arrives.
PUBLISHED = {
    "TilesChanged": (lambda: events.publish_tiles(7, [TILE, build_absent_tile(ADA)]), TEACHERS),
    "AnswerSaid": (lambda: events.publish_answer(7, 5, {"answer": "lost", "at": 1.5}, heard=1.5), TEACHERS),
    "HandMoved": (lambda: events.publish_hand(7, 5, None, heard=1.5), TEACHERS),
    "MarkersChanged": (lambda: events.publish_markers(7), TEACHERS),
    "AlertsChanged": (lambda: events.publish_alerts(7), TEACHERS),
    "ClassChanged": (lambda: events.publish_class_changed(7), TEACHERS),
    "CamerasResting": (lambda: events.publish_cameras_resting(7), TEACHERS),
    "HandLowered": (lambda: events.publish_hand_lowered(7, 5), STUDENT),
    "SaidErased": (lambda: events.publish_said_erased(7, 5), STUDENT),
    "StudentReplaced": (lambda: asyncio.run(events.publish_student_replaced(7, 5, stay_id=9, connection=2)), STUDENT),
    "SessionEnded": (lambda: events.publish_end(7), SESSION),
    "ClassAsked": (lambda: events.publish_asked(7, 5.0), SESSION),
    "CourseChanged": (lambda: events.publish_course_changed(7), SESSION),
    "ConsentChanged": (lambda: events.publish_consent_changed(5, 3), USER),
    "AccessChanged": (lambda: events.publish_access_changed(events.session_group(7)), SESSION),
    "UserSignedOut": (lambda: events.publish_signed_out(5, events.sign_in_digest("key")), USER),
    "SignInsChanged": (lambda: events.publish_sign_ins_changed(5), USER),
    "SnapshotResult": (
        lambda: events.send([("socket", events.snapshot_result(RESULT, queue_ms=3))]),
        "socket",
    ),
    "SnapshotDropped": (
        lambda: events.send([("socket", events.snapshot_dropped(3, "stale", queue_ms=3))]),
        "socket",
    ),
}
EVENTS = [
    each
    for each in vars(event_types).values()
    if is_typeddict(each) and get_origin(get_type_hints(each).get("type")) is Literal
]


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, dict]]:
    """Every message of the channel layer, with its group or channel."""
    messages: list[tuple[str, dict]] = []

    class Layer:
        async def group_send(self, group, message):
            messages.append((group, message))

    monkeypatch.setattr(events, "get_channel_layer", Layer)
    monkeypatch.setattr(events, "_deliver", lambda sent, to_groups=False: messages.extend(sent))
    return messages


def assert_fits(value: Any, kind: Any) -> None:
    """Compare the value with the annotation, down to the entries of its dictionaries and lists."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        hints = get_type_hints(kind)
        assert value.keys() == hints.keys()
        for name, hint in hints.items():
            assert_fits(value[name], hint)
    elif origin is Literal:
        assert value in arguments
    elif origin in (Union, types.UnionType):
        assert any(fits(value, each) for each in arguments), (value, kind)
    elif origin in (list, Sequence):
        assert isinstance(value, list)
        for each in value:
            assert_fits(each, arguments[0])
    elif origin is dict or kind is dict:
        for name, each in value.items():
            assert_fits(name, arguments[0])
            assert_fits(each, arguments[1])
    else:
        assert type(value) is kind, (value, kind)


def fits(value: Any, kind: Any) -> bool:
    try:
        assert_fits(value, kind)
    except (AssertionError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_published_message_fits_its_type(event, sent):
    publish, destination = PUBLISHED[event.__name__]
    publish()
    [(sent_to, message)] = sent
    assert sent_to == destination
    assert_fits(message, event)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_message_has_a_handler_in_every_consumer_of_its_group(event):
    [name] = get_args(get_type_hints(event)["type"])
    destination = PUBLISHED[event.__name__][1]
    for consumer, groups in ((TeacherConsumer, (TEACHERS, SESSION, USER)), (StudentConsumer, (STUDENT, SESSION, USER))):
        if destination in groups:
            assert callable(getattr(consumer, name.replace(".", "_")))


def test_there_are_nineteen_messages():
    assert len(EVENTS) == len(PUBLISHED) == 19


@pytest.mark.parametrize("reading", [READING, WITHOUT_FACE], ids=["face", "no face"])
def test_result_fits_its_type(reading):
    assert_fits(build_result(Read(reading, saved=True, pending=False)), event_types.Result)


def test_sender_goes_on_when_an_event_cannot_be_numbered(monkeypatch, caplog):
    def fail(*_, **__):
        raise OSError("the cache is unavailable")

    monkeypatch.setattr(events, "_next_number", fail)
    events.publish_tiles(1, [])
    assert "could not be numbered" in caplog.text


@pytest.mark.usefixtures("shared_redis")
def test_event_that_got_no_number_leaves_a_gap_once_there_are_numbers_again(monkeypatch):
    before = events._next_number(7)
    with monkeypatch.context() as outage:
        outage.setattr(events, "redis_client", lambda: Redis(port=1))
        events.publish_hand(7, 5, 1.5, heard=1.5)
        with pytest.raises(RedisError):
            events.number_lost_events()
    events.number_lost_events()
    events.number_lost_events()
    assert events._next_number(7) == before + 2


def test_sender_goes_on_when_an_event_cannot_be_sent(monkeypatch, caplog):
    def fail():
        raise OSError("the layer is unavailable")

    monkeypatch.setattr("classroom.infra.events.get_channel_layer", fail)
    events.publish_class_changed(1)
    assert "could not be published" in caplog.text


def test_events_are_numbered_for_each_session():
    before = [events.latest_number(session) for session in (7, 8, 9)]
    events.publish_tiles(7, [])
    events.publish_tiles(7, [])
    events.publish_tiles(8, [])
    assert [events.latest_number(session) for session in (7, 8, 9)] == [before[0] + 2, before[1] + 1, before[2]]


def test_numbers_keep_rising_after_the_cache_has_lost_the_last():
    for _ in range(3):
        events.publish_tiles(7, [])
    last = events.latest_number(7)
    time.sleep(0.01)  # the clock provides the numbers, one per millisecond
    cache.clear()
    events.publish_tiles(7, [])
    assert events.latest_number(7) > last + 1


async def test_threads_publish_to_groups_and_channels():
    layer = events.get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(events.session_group(7), channel)
    dropped = events.snapshot_dropped(1, "stale", queue_ms=0)
    await sync_to_async(events.publish_end)(7)
    await sync_to_async(events.send)([(channel, dropped), (channel, dropped)])
    assert [await layer.receive(channel) for _ in range(3)] == [{"type": "session.ended"}, dropped, dropped]


@pytest.mark.parametrize("group", [events.session_group(10**12), events.student_group(10**12, 10**12)])
def test_channel_layer_accepts_the_names_of_groups(group):
    assert BaseChannelLayer().require_valid_group_name(group)
