"""The student's socket: what goes wrong in the server, and what changes meanwhile."""

import asyncio
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Consent, ConsentText
from classroom.domain.attendance import SessionEnded
from classroom.models import ClassSession, Stay
from tests.classroom.consumers.sockets import packed, start, student_socket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


async def test_nesting_without_end_is_only_a_bad_message(session, student):
    async with student_socket(session, student) as socket:
        await socket.send_text("[" * 60_000)
        assert (await socket.receive_type("refused"))["code"] == "text_frame"


async def test_a_handler_that_fails_leaves_no_ghost_in_class(session, student, monkeypatch):
    def fail(**_):
        raise OSError("the database is away")

    monkeypatch.setattr("classroom.consumers.student.set_camera", fail)
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("start")
        assert isinstance(await socket.failure(), OSError)
    assert await Stay.objects.filter(left_at=None).acount() == 0


async def test_a_background_job_that_fails_closes_the_socket_for_a_new_try(session, student, monkeypatch):
    async def fail(self):
        raise OSError("the cache is away")

    monkeypatch.setattr("classroom.consumers.student.StudentConsumer._grant_credit", fail)
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("start")
        assert await socket.close_code() == 4500


async def test_a_heartbeat_notices_an_end_nobody_told(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.1))
    async with student_socket(session, student) as socket:
        await socket.receive()
        await ClassSession.objects.filter(pk=session.pk).aupdate(ended_at=timezone.now())
        assert await socket.close_code() == 4410


async def test_two_devices_at_once_leave_one_of_them(session, student):
    async with student_socket(session, student) as one, student_socket(session, student) as other:
        codes = await asyncio.gather(closing(one), closing(other))
    assert sorted(codes, key=str) == [4409, None]


async def closing(socket) -> int | None:
    try:
        while (output := await socket.communicator.receive_output(1))["type"] != "websocket.close":
            pass
    except TimeoutError:
        return None
    return output["code"]


async def test_a_new_consent_text_stops_cameras_of_running_sessions(session, student, portrait):
    async with student_socket(session, student) as socket:
        await start(socket)
        await ConsentText.objects.acreate(version=2, body="New words.")
        assert (await socket.receive_type("camera"))["camera"] == "no_consent"
        assert await socket.is_silent()


async def test_without_consent_a_picture_that_is_in_already_is_not_looked_at(session, student, portrait, monkeypatch):
    looked_at = []
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        # Withdrawn without a word to the socket, as where the message about it is lost.
        await Consent.objects.aupdate(withdrawn_at=timezone.now())
        monkeypatch.setattr("emotions.serving.recogniser", lambda: looked_at.append(1))
        await socket.send_frame(packed(portrait, seq))
        assert (await socket.receive_type("dropped"))["reason"] == "no_consent"
        assert (await socket.receive_type("camera"))["camera"] == "no_consent"
    assert looked_at == []


async def test_pausing_does_not_wait_for_the_picture_under_way(session, student, portrait, monkeypatch):
    paused = threading.Event()

    def slow(*_):
        paused.wait(10)
        return {}

    monkeypatch.setattr("classroom.tasks.analysis._outcomes", slow)
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(portrait, await start(socket)))
        await socket.send("pause")
        assert (await socket.receive())["camera"] == "paused"
        paused.set()


async def test_joining_a_session_that_ends_meanwhile_is_refused(session, student, monkeypatch):
    def ended(**_):
        raise SessionEnded

    monkeypatch.setattr("classroom.consumers.student.join_session", ended)
    async with student_socket(session, student) as socket:
        assert (await socket.receive())["type"] == "ended"
        assert await socket.close_code() == 4410
