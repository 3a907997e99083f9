"""Both sockets while the database is unavailable, and once it is back."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.utils import timezone

from classroom.domain.live.state import live_state
from classroom.domain.readings.permission_cache import forget_permission
from classroom.infra.events import session_group, user_group
from classroom.infra.missed_heartbeats import missed_since
from classroom.models import Attendance, Reading
from tests.classroom.consumers.sockets import PATIENCE_S, packed, receive_tile, start, student_socket, teacher_socket
from tests.outages import database_refuses_writes, database_unavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch, settings):
    settings.EMBEDDED = True
    monkeypatch.setattr("classroom.tasks.background.EVERY_S", 0.05)
    monkeypatch.setattr("classroom.consumers.student.RETRY_S", 0.05)
    monkeypatch.setattr("classroom.infra.circuit_breaker.RETRY_AFTER_S", 0.05)


async def result_of_snapshot(socket, jpeg) -> dict:
    """Answer credits until a snapshot is read: the first one without the database may wait until it is stale."""
    while True:
        await socket.send_frame(packed(jpeg, (await socket.receive_type("capture"))["seq"]))
        while (message := await socket.receive())["type"] not in ("result", "dropped"):
            pass
        if message["type"] == "result":
            return message


async def camera_after(socket, state: str, within_s: float = PATIENCE_S) -> str:
    """Return the camera's next different state. Raises TimeoutError if there is none."""
    async with asyncio.timeout(within_s):
        while (message := await socket.receive_type("camera"))["camera"] == state:
            pass
    return message["camera"]


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  # the condition is set by another thread
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("outage", [database_unavailable, database_refuses_writes])
async def test_class_goes_on_and_readings_are_saved_later(session, teacher, student, portrait, monkeypatch, outage):
    monkeypatch.setattr("classroom.consumers.teacher.HISTORY_CALM_S", 0.5)
    # The next snapshots do not wait for the database.
    monkeypatch.setattr("classroom.infra.circuit_breaker.RETRY_AFTER_S", 3)
    async with teacher_socket(session, teacher) as dashboard, student_socket(session, student) as socket:
        await socket.send("start")
        before = await result_of_snapshot(socket, portrait)
        with outage():
            during = await result_of_snapshot(socket, portrait)
            assert await dashboard.receive_type("history") == {"type": "history", "saved": False, "resting": False}
            tile = (await dashboard.receive_type("update"))["students"][0]
        assert await dashboard.receive_type("history") == {"type": "history", "saved": True, "resting": False}
    assert [(each["saved"], each["kept"]) for each in (before, during)] == [(True, False), (False, True)]
    assert (tile["id"], tile["seq"], tile["state"]) == (student.pk, during["seq"], "seen")
    await until(lambda: Reading.objects.filter(seq=during["seq"]).aexists())
    assert await Reading.objects.acount() == 2


async def test_failing_heartbeats_leave_the_sockets_open(session, teacher, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.05))
    async with teacher_socket(session, teacher) as dashboard, student_socket(session, student) as socket:
        await dashboard.receive_type("ready")
        await start(socket)
        with database_unavailable():
            await asyncio.sleep(0.3)
        assert not socket.communicator.future.done()
        assert not dashboard.communicator.future.done()
    assert await sync_to_async(missed_since)()


async def test_students_are_still_present_after_an_outage(session, teacher, student, monkeypatch):
    """Times are a twentieth of the real ones."""
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=1))
    for module in ("classroom.models.attendance", "classroom.domain.attendance", "classroom.consumers.session_socket"):
        monkeypatch.setattr(f"{module}.HEARTBEAT_TIMEOUT", timedelta(seconds=3))
    async with teacher_socket(session, teacher) as dashboard, student_socket(session, student) as socket:
        await receive_tile(dashboard, student, state="paused")
        await socket.receive_type("welcome")
        with database_unavailable():
            await asyncio.sleep(4.5)
        await dashboard.receive_type("resync")
        state = await sync_to_async(live_state)(session=session, now=timezone.now())
        assert ([tile["state"] for tile in state["students"]], state["mood"]["present"]) == (["paused"], 1)
        assert (await dashboard.receive_type("update"))["mood"]["present"] == 1


async def test_pause_takes_effect_at_once_and_is_saved_later(session, student, portrait):
    async with student_socket(session, student) as socket:
        await socket.send("start")
        await result_of_snapshot(socket, portrait)
        with database_unavailable():
            await socket.send("pause")
            assert (await socket.receive_type("camera"))["camera"] == "paused"
        await until(lambda: Attendance.objects.filter(camera="paused").aexists())


async def test_camera_pauses_if_changed_consent_cannot_be_looked_up(session, student):
    async with student_socket(session, student) as socket:
        await start(socket)
        with database_unavailable():
            changed = {"type": "consent.changed", "course": session.course_id}
            await get_channel_layer().group_send(user_group(student.pk), changed)
            assert (await socket.receive_type("camera"))["camera"] == "paused"
        await until(lambda: Attendance.objects.filter(camera="paused").aexists())


async def test_camera_starts_once_consent_can_be_looked_up(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        with database_unavailable():
            await socket.send("start")
            assert (await socket.receive())["camera"] == "resting"
        assert await camera_after(socket, "resting") == "on"
        assert (await socket.receive_type("capture"))["seq"] == 1


async def test_cameras_rest_once_no_permission_is_remembered(session, teacher, student, portrait, monkeypatch):
    monkeypatch.setattr("classroom.consumers.teacher.HISTORY_CALM_S", 0.5)
    async with teacher_socket(session, teacher) as dashboard, student_socket(session, student) as socket:
        await socket.send("start")
        await result_of_snapshot(socket, portrait)
        with database_unavailable():
            credit = await socket.receive_type("capture")
            forget_permission(session_id=session.pk, student_id=student.pk)  # as the passing of time would
            await socket.send_frame(packed(portrait, credit["seq"]))
            assert (await socket.receive_type("dropped"))["reason"] == "unknown"
            assert (await socket.receive_type("camera"))["camera"] == "resting"
            await socket.send_frame(packed(portrait, credit["seq"] + 1))
            assert (await socket.receive_type("refused"))["code"] == "paused"
            resting = await dashboard.receive_type("history")
        assert resting == {"type": "history", "saved": False, "resting": True}
        assert await camera_after(socket, "resting") == "on"
        await result_of_snapshot(socket, portrait)
        assert await dashboard.receive_type("history") == {"type": "history", "saved": True, "resting": False}
    assert await Reading.objects.acount() == 2


async def test_pause_cancels_a_start_that_is_being_retried(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.student.RETRY_S", 0.3)
    monkeypatch.setattr("classroom.infra.circuit_breaker.RETRY_AFTER_S", 0.0)
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        with database_unavailable():
            await socket.send("start")
            assert (await socket.receive_type("camera"))["camera"] == "resting"
            await socket.send("pause")
            assert (await socket.receive_type("camera"))["camera"] == "paused"
        with pytest.raises(TimeoutError):
            await camera_after(socket, "paused", within_s=1.5)


async def test_pause_cancels_a_retried_start_that_waits_for_the_database(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.student.RETRY_S", 0.3)
    monkeypatch.setattr("classroom.infra.circuit_breaker.RETRY_AFTER_S", 0.0)
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        with database_unavailable(after_s=0.2):
            await socket.send("start")
            await socket.receive_type("camera")
            await asyncio.sleep(0.35)  # the retry has begun
            await socket.send("pause")
            assert await camera_after(socket, "resting") == "paused"
        with pytest.raises(TimeoutError):
            await camera_after(socket, "paused", within_s=1.5)
    assert (await Attendance.objects.aget()).camera == "paused"


async def test_leaving_during_an_outage_is_no_error(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        with database_unavailable():
            await socket.send("leave")
            assert await socket.close_code() == 1000
            await socket.communicator.disconnect(timeout=PATIENCE_S)  # raises the consumer's exception, if any


async def test_group_message_during_an_outage_leaves_the_socket_open_and_is_followed_up(session, teacher):
    async with teacher_socket(session, teacher) as dashboard:
        await dashboard.receive_type("ready")
        with database_unavailable():
            await get_channel_layer().group_send(session_group(session.pk), {"type": "access.changed"})
            await asyncio.sleep(0.2)
        assert (await dashboard.receive_type("resync")) == {"type": "resync"}
