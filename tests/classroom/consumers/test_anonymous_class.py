"""The staff's socket of an anonymous class: presence, answers and hands of each student, faces of five or more."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from classroom.consumers import session_socket
from classroom.domain.anonymity.publishing import start_publishing
from classroom.domain.consent.consents import withdraw_consent
from classroom.domain.courses.modes import turn_camera_off
from classroom.infra import events
from classroom.models import ClassSession, Course, PublishedMinute, Reading
from tests.classroom.consumers.sockets import packed, receive_tile, start, student_socket, teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _anonymous(session, student):
    Course.objects.update(mode="anonymous")
    ClassSession.objects.update(is_anonymous=True)
    session.refresh_from_db()


async def updates_until_hand(socket) -> list[dict]:
    """The updates up to the one with a raised hand."""
    updates: list[dict] = []
    while not updates or not updates[-1]["voice"]["hands"]:
        updates.append(await socket.receive_type("update"))
    return updates


async def test_socket_does_not_tell_that_a_camera_was_turned_on_and_read(
    session, teacher, student, jpeg_without_face, monkeypatch
):
    # A tile of an anonymous class has the time of the last heartbeat.
    monkeypatch.setattr(session_socket, "HEARTBEAT", timedelta(hours=1))
    async with teacher_socket(session, teacher) as teachers:
        await teachers.receive_type("ready")
        async with student_socket(session, student) as students:
            joined = await receive_tile(teachers, student, state="in_class")
            seq = await start(students)
            await students.send_frame(packed(jpeg_without_face, seq))
            assert (await students.receive_type("result"))["saved"] is True
            await students.send("pause")
            await students.receive_type("camera")
            await sync_to_async(withdraw_consent)(student=student, now=timezone.now())
            await students.send("hand", up=True)
            updates = await updates_until_hand(teachers)
    tiles = [tile for update in updates for tile in update["students"]]
    assert {tile["hand_since"] is None for tile in tiles} == {False}  # nothing but the hand has changed the tile
    assert [{**tile, "hand_since": None, "heard": 0.0} for tile in tiles] == [joined] * len(tiles)
    assert {(update["mood"]["counts"], update["mood"]["seen"], update["voice"]["seen"]) for update in updates} == {
        (None, None, None)
    }
    assert await sync_to_async(Reading.objects.count)() == 1


async def test_socket_does_not_tell_that_cameras_rest(session, teacher, student):
    async with teacher_socket(session, teacher) as teachers:
        await teachers.receive_type("ready")
        await sync_to_async(events.publish_cameras_resting)(session.pk)
        await sync_to_async(events.publish_class_changed)(session.pk)
        received = []
        while not received or received[-1] != "resync":
            received.append((await teachers.receive())["type"])
    assert "history" not in received


async def test_published_minute_makes_the_dashboard_load_the_class_again(session, teacher, student):
    async with teacher_socket(session, teacher) as teachers:
        await teachers.receive_type("ready")
        async with student_socket(session, student):
            await receive_tile(teachers, student, state="in_class")
            await sync_to_async(publish_sad_minute)(session)
            await teachers.receive_type("resync")
            mood: dict = {"seen": None}
            while mood["seen"] is None:
                mood = (await teachers.receive_type("update"))["mood"]
    assert (mood["seen"], mood["negative"], mood["counts"]["sad"]) == (5, 5, 5)


def publish_sad_minute(session: ClassSession) -> None:
    """Like publish_minutes."""
    at = timezone.now() - timedelta(seconds=70)
    shown = dict.fromkeys([f"shown_{name}" for name in ("angry", "disgust", "fear", "happy", "neutral")], 0)
    shown |= {"shown_sad": 5, "shown_surprise": 0, "shown_uncertain": 0}
    PublishedMinute.objects.create(session=session, at=at, seen=5, **shown)
    events.publish_class_changed(session.pk)


async def test_camera_turned_off_for_the_course_stops_a_running_one(session, teacher, student):
    await sync_to_async(start_publishing)(session=session, now=timezone.now())
    async with student_socket(session, student) as students:
        await start(students)
        await sync_to_async(turn_camera_off)(course=await sync_to_async(Course.objects.get)())
        while (await students.receive_type("camera"))["camera"] != "none":
            pass
