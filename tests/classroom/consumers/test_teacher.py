"""The teacher's socket: refusals first, then what is sent."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from classroom.domain.attendance import join_session
from classroom.domain.courses.membership import decline_requests
from classroom.domain.courses.staff import remove_assistant
from classroom.domain.sessions import end_session, rename_session
from classroom.infra import events
from classroom.models import Enrolment, JoinRequest, Stay
from classroom.snapshots import Frame, pack_frame
from tests import factories
from tests.classroom.consumers.sockets import PATIENCE_S, Socket, receive_tile, student_socket, teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)


async def send_snapshot(socket: Socket, jpeg: bytes) -> None:
    seq = (await socket.receive_type("capture"))["seq"]
    await socket.send_frame(pack_frame(Frame(seq=seq, age_ms=10, content=jpeg)))
    await socket.receive_type("result")


async def test_anonymous_visitor_is_refused(session):
    async with teacher_socket(session) as socket:
        assert await socket.close_code() == 4401


async def test_student_of_the_course_is_refused(session, student):
    async with teacher_socket(session, student) as socket:
        assert await socket.close_code() == 4404


async def test_teacher_of_another_course_is_refused(session):
    async with teacher_socket(session, await sync_to_async(factories.teacher)()) as socket:
        assert await socket.close_code() == 4404


async def test_administrator_is_refused(session):
    async with teacher_socket(session, await sync_to_async(factories.user)("administrator")) as socket:
        assert await socket.close_code() == 4404


async def test_wrong_origin_is_rejected_in_the_handshake(session, teacher):
    async with teacher_socket(session, teacher, origin="https://evil.example") as socket:
        assert socket.accepted is False


async def test_ended_session_is_refused(session, teacher):
    await sync_to_async(end_session)(session=session, now=timezone.now())
    async with teacher_socket(session, teacher) as socket:
        assert await socket.close_code() == 4410


async def test_invalid_messages_from_the_dashboard_are_ignored(session, teacher, student):
    async with teacher_socket(session, teacher) as socket:
        await socket.send_text("nonsense")
        await socket.send_frame(b"\xff\xd8\xff")
        async with student_socket(session, student):
            assert (await receive_tile(socket, student, state="paused"))["name"] == "Ada"


async def test_ping_is_answered(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.send("ping")
        assert await socket.receive_type("pong") == {"type": "pong"}


async def test_states_of_a_student_are_sent_as_they_change(session, teacher, student, portrait, jpeg_without_face):
    async with teacher_socket(session, teacher) as socket:
        async with student_socket(session, student) as theirs:
            await receive_tile(socket, student, state="paused")
            await theirs.send("start")
            await receive_tile(socket, student, state="waiting")
            await send_snapshot(theirs, jpeg_without_face)
            await receive_tile(socket, student, state="no_face")
            await send_snapshot(theirs, portrait)
            seen = await receive_tile(socket, student, state="seen")
        await receive_tile(socket, student, state="disconnected")
    assert seen["faces"] == 1
    assert seen["confidence"] == max(seen["probabilities"].values())


async def test_reading_changes_mood_and_coverage(session, teacher, student, portrait):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.send("start")
        await send_snapshot(theirs, portrait)
        while (mood := (await socket.receive_type("update"))["mood"])["seen"] == 0:
            pass
    assert (mood["seen"], mood["present"], mood["enrolled"]) == (1, 1, 1)
    assert sum(mood["counts"].values()) == 1


async def test_first_state_over_http_agrees_with_the_socket(session, teacher, student, portrait):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.send("start")
        await send_snapshot(theirs, portrait)
        await theirs.send("pause")
        sent = await receive_tile(socket, student, state="paused")
        while sent["seq"] is None:
            sent = await receive_tile(socket, student, state="paused")

        def fetch():
            client = Client()
            client.force_login(teacher)
            return client.get(f"/api/sessions/{session.pk}/live/").json()

        [tile] = (await sync_to_async(fetch)())["students"]
    assert tile == sent


async def test_lost_event_makes_the_page_refetch(session, teacher, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.event_gaps.GAP_S", 0.2)
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(events._next_number)(session.pk)  # an event that never arrives
        async with student_socket(session, student):
            assert (await socket.receive_type("resync")) == {"type": "resync"}


async def test_lost_event_makes_the_page_refetch_even_if_no_other_follows(session, teacher, monkeypatch):
    monkeypatch.setattr("classroom.consumers.event_gaps.GAP_S", 0.2)
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.05))
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(events._next_number)(session.pk)  # an event that never arrives
        async with asyncio.timeout(PATIENCE_S):
            assert (await socket.receive_type("resync")) == {"type": "resync"}


async def test_request_to_join_and_its_answer_make_the_page_refetch(session, teacher):
    waiting = await sync_to_async(factories.user)()
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await JoinRequest.objects.acreate(course=session.course, student=waiting, requested_at=timezone.now())
        await socket.receive_type("resync")
        await sync_to_async(decline_requests)(course=session.course, students=[waiting.pk])
        await socket.receive_type("resync")


async def test_renamed_class_makes_the_page_refetch(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(rename_session)(session=session, topic="Medians")
        await socket.receive_type("resync")


async def test_end_of_the_session_is_sent_before_closing(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await sync_to_async(end_session)(session=session, now=timezone.now())
        assert (await socket.receive_type("ended")) == {"type": "ended"}
        assert await socket.close_code() == 4410


async def test_signing_out_closes_the_dashboard(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        cookie = dict(socket.communicator.scope["headers"])[b"cookie"].decode().partition("=")[2]

        def sign_out():
            client = Client()
            client.cookies["sessionid"] = cookie
            assert client.post("/accounts/logout/").status_code == 302

        await sync_to_async(sign_out)()
        assert await socket.close_code() == 4401


async def test_signing_out_in_another_browser_leaves_the_dashboard_open(session, teacher):
    async with teacher_socket(session, teacher) as socket:

        def sign_out():
            client = Client()
            client.force_login(teacher)
            client.post("/accounts/logout/")

        await sync_to_async(sign_out)()
        await sync_to_async(end_session)(session=session, now=timezone.now())
        assert await socket.close_code() == 4410


async def test_teacher_removed_from_the_course_loses_the_dashboard(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(session.course.teachers.remove)(teacher)
        assert await socket.close_code() == 4403


async def test_student_whose_enrolment_no_message_announced_appears_when_they_join(session, teacher):
    student = await sync_to_async(factories.user)()
    async with teacher_socket(session, teacher) as dashboard:
        await dashboard.receive_type("ready")
        await Enrolment.objects.abulk_create([Enrolment(course=session.course, student=student)])
        async with student_socket(session, student):
            await dashboard.receive_type("resync")
            assert (await dashboard.receive_type("update"))["mood"]["present"] == 1


async def test_student_who_is_removed_does_not_come_back_when_their_socket_closes(session, teacher, student):
    async with teacher_socket(session, teacher) as dashboard, student_socket(session, student) as socket:
        await receive_tile(dashboard, student, state="paused")
        await sync_to_async(lambda: session.course.enrolments.get(student=student).delete())()
        assert await socket.close_code() == 4403
        await dashboard.receive_type("resync")
        await socket.communicator.disconnect(timeout=20)  # a slow connection closes only now
        await sync_to_async(rename_session)(session=session, topic="Medians")  # a message after the student's last one
        while (message := await dashboard.receive())["type"] != "resync":
            assert message.get("students", []) == []
            assert message.get("mood", {}).get("enrolled", 0) == 0


async def test_assistant_has_the_dashboard_until_they_are_removed(session):
    assistant = await sync_to_async(factories.assistant_of)(session.course)
    async with teacher_socket(session, assistant) as socket:
        await socket.receive_type("ready")
        await sync_to_async(remove_assistant)(course=session.course, user=assistant)
        assert await socket.close_code() == 4403


async def test_assistant_of_another_course_has_no_dashboard(session):
    stranger = await sync_to_async(lambda: factories.assistant_of(factories.course()))()
    async with teacher_socket(session, stranger) as socket:
        assert await socket.close_code() == 4404


@pytest.mark.parametrize(("change", "code"), [({"is_active": False}, 4401), ({"role": "administrator"}, 4403)])
async def test_changed_account_loses_the_dashboard(session, teacher, change, code):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        for name, value in change.items():
            setattr(teacher, name, value)
        await sync_to_async(teacher.save)()
        assert await socket.close_code() == code


async def test_deleted_account_loses_the_dashboard(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(teacher.delete)()
        assert await socket.close_code() == 4401


async def test_clearing_the_teachers_closes_the_dashboard(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(session.course.teachers.clear)()
        assert await socket.close_code() == 4403


async def test_second_sign_in_leaves_the_dashboard_open(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(Client().force_login)(teacher)
        assert await socket.is_silent(0.5)


async def test_changed_password_makes_every_page_reconnect(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")

        def change_password():
            client = Client()
            client.force_login(teacher)
            fields = {"oldpassword": factories.PASSWORD, "password1": "a-new-river-43", "password2": "a-new-river-43"}
            assert client.post("/accounts/password/change/", fields).status_code == 302

        await sync_to_async(change_password)()
        assert await socket.close_code() == 4503


async def test_student_who_enrols_during_class_appears(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(factories.student_of)(session.course)
        await socket.receive_type("resync")
        assert (await socket.receive_type("update"))["mood"]["enrolled"] == 1


async def test_connection_lost_without_a_close_shows_as_disconnected(session, teacher, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.1))
    stay = await sync_to_async(join_session)(session=session, student=student, now=timezone.now())
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await Stay.objects.filter(pk=stay.pk).aupdate(
            joined_at=timezone.now() - timedelta(minutes=2), last_seen_at=timezone.now() - timedelta(minutes=2)
        )
        assert (await receive_tile(socket, student, state="disconnected"))["id"] == student.pk


async def test_failing_update_closes_the_socket_so_the_page_reconnects(session, teacher, monkeypatch):
    async def fail(self):
        raise OSError("the database is unavailable")

    monkeypatch.setattr("classroom.consumers.teacher.TeacherConsumer._send_update", fail)
    async with teacher_socket(session, teacher) as socket:
        assert await socket.close_code() == 4500
