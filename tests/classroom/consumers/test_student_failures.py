"""The student's socket: failures in the server and changes during the session."""

import asyncio
import threading
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import ConsentText
from classroom.domain.attendance import SessionEnded
from classroom.domain.people.deletion import delete_account
from classroom.domain.readings.record import Dropped
from classroom.models import ClassSession, CourseConsent, Stay
from tests.classroom.consumers.sockets import packed, start, student_socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_deeply_nested_json_is_only_a_malformed_message(session, student):
    async with student_socket(session, student) as socket:
        await socket.send_text("[" * 60_000)
        assert (await socket.receive_type("refused"))["code"] == "text_frame"


async def test_failing_handler_ends_the_stay(session, student, monkeypatch):
    def fail(**_):
        raise OSError("the database is unavailable")

    monkeypatch.setattr("classroom.consumers.student.set_camera", fail)
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("start")
        assert isinstance(await socket.failure(), OSError)
    assert await Stay.objects.filter(left_at=None).acount() == 0


async def test_failing_background_job_closes_the_socket_so_the_page_reconnects(session, student, monkeypatch):
    async def fail(self):
        raise OSError("the cache is unavailable")

    monkeypatch.setattr("classroom.consumers.student.StudentConsumer._grant_credit", fail)
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("start")
        assert await socket.close_code() == 4500


async def test_heartbeat_notices_the_end_of_the_session_without_a_message(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.1))
    async with student_socket(session, student) as socket:
        await socket.receive()
        await ClassSession.objects.filter(pk=session.pk).aupdate(ended_at=timezone.now())
        assert await socket.close_code() == 4410


async def test_two_devices_joining_at_once_leave_one_connected(session, student):
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


async def test_deleting_the_account_closes_its_sockets_at_once(session, student):
    async with student_socket(session, student) as socket:
        await start(socket)
        await sync_to_async(delete_account)(student, now=timezone.now())
        assert await socket.close_code() == 4401


async def test_running_class_goes_on_under_its_consent_text(session, student, portrait):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        await ConsentText.objects.acreate(version=2, body="New words.")
        await socket.send_frame(packed(portrait, seq))
        assert (await socket.receive_type("result"))["saved"] is True


async def test_submitted_snapshot_is_not_analysed_after_consent_is_withdrawn(session, student, portrait, monkeypatch):
    analysed = []
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        # Withdraw consent without a message to the socket, as if it were lost.
        await CourseConsent.objects.aupdate(withdrawn_at=timezone.now())
        monkeypatch.setattr("emotions.serving.recogniser", lambda: analysed.append(1))
        await socket.send_frame(packed(portrait, seq))
        assert (await socket.receive_type("dropped"))["reason"] == "no_consent"
        assert (await socket.receive_type("camera"))["camera"] == "no_consent"
    assert analysed == []


async def test_pause_does_not_wait_for_the_snapshot_in_analysis(session, student, portrait, monkeypatch):
    paused = threading.Event()

    def slow(batch):
        paused.wait(10)
        return {queued.ref: Dropped("failed") for queued in batch}

    monkeypatch.setattr("classroom.tasks.analysis._analyse", slow)
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(portrait, await start(socket)))
        await socket.send("pause")
        assert (await socket.receive())["camera"] == "paused"
        paused.set()


async def test_joining_a_session_that_has_just_ended_is_refused(session, student, monkeypatch):
    def ended(**_):
        raise SessionEnded

    monkeypatch.setattr("classroom.consumers.student.join_session", ended)
    async with student_socket(session, student) as socket:
        assert (await socket.receive())["type"] == "ended"
        assert await socket.close_code() == 4410
