"""Answers and raised hands over both sockets: refusals first, then what is sent."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.utils import timezone

from classroom.consumers.database import database_call
from classroom.domain.attendance import join_session, set_camera
from classroom.domain.live.state import live_class
from classroom.domain.markers import add_marker
from classroom.domain.self_reports import erase_self_reports, lower_hand, raise_hand, record_answer
from classroom.infra import events
from classroom.models import Course, RaisedHand, SelfReport
from tests import factories
from tests.classroom.consumers.sockets import receive_tile, receive_voice, student_socket, teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def fetched_tile(session, teacher) -> dict:
    """Return the only student's tile from the first state over HTTP."""
    client = Client()
    client.force_login(teacher)
    [tile] = client.get(f"/api/sessions/{session.pk}/live/").json()["students"]
    return tile


@sync_to_async
def _remove_silently(student) -> None:
    """Remove the student without a message, as if it were lost."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM classroom_enrolment WHERE student_id = %s", [student.pk])


@pytest.mark.parametrize("answer", ["bored", "", None, 7, ["lost"], {"a": 1}])
async def test_unknown_answer_is_refused(session, student, answer):
    async with student_socket(session, student) as socket:
        await socket.send("say", answer=answer)
        assert (await socket.receive_type("refused"))["code"] == "unknown_answer"
    assert await SelfReport.objects.acount() == 0


@pytest.mark.parametrize("up", ["yes", None, 1])
async def test_hand_message_without_a_direction_is_refused(session, student, up):
    async with student_socket(session, student) as socket:
        await socket.send("hand", up=up)
        assert (await socket.receive_type("refused"))["code"] == "unknown_command"
    assert await RaisedHand.objects.acount() == 0


async def test_answer_of_a_removed_student_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        await _remove_silently(student)
        await socket.send("say", answer="lost")
        assert await socket.close_code() == 4403
    assert await SelfReport.objects.acount() == 0


async def test_raised_hand_closes_the_socket_after_a_change_of_role(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        administrator = {"role": "administrator", "is_staff": True, "is_superuser": True}
        await type(student).objects.filter(pk=student.pk).aupdate(**administrator)
        await socket.send("hand", up=True)
        assert await socket.close_code() == 4403
    assert await RaisedHand.objects.acount() == 0


async def test_flood_of_answers_closes_the_socket_and_leaves_one_row(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(61):
            await socket.send("say", answer="lost")
        assert await socket.close_code() == 4429
    assert await SelfReport.objects.acount() == 1


async def test_answer_is_confirmed_with_the_time_until_it_expires(session):
    student = await sync_to_async(factories.student_of)(session.course, consents=False)
    async with student_socket(session, student) as socket:
        await socket.send("say", answer="lost")
        said = await socket.receive_type("said")
    assert (said["answer"], round(said["holds_until"] - said["at"])) == ("lost", 180)


async def test_reloaded_page_gets_the_answer_and_hand_in_force(session, student):
    async with student_socket(session, student) as socket:
        welcome = await socket.receive_type("welcome")
        assert (welcome["said"], welcome["hand_up"]) == (None, False)
        await socket.send("say", answer="too_slow")
        said = await socket.receive_type("said")
        await socket.send("hand", up=True)
        assert await socket.receive_type("hand") == {"type": "hand", "up": True}
    async with student_socket(session, student) as socket:
        welcome = await socket.receive_type("welcome")
    assert {"type": "said", **welcome["said"]} == said
    assert (welcome["hand_up"], said["at"] < welcome["now"] < said["holds_until"]) == (True, True)


async def test_answer_reaches_the_dashboard_in_counts_and_tile(session, teacher, student):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.send("say", answer="lost")
        confirmation = await theirs.receive_type("said")
        voice = await receive_voice(socket, said=1)
        tile = await fetched_tile(session, teacher)
    assert voice["answers"] == {"too_fast": 0, "too_slow": 0, "lost": 1, "all_good": 0}
    assert tile["says"] == {"answer": "lost", "at": confirmation["at"]}


async def test_hand_goes_up_and_down_on_the_dashboard(session, teacher, student):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.send("hand", up=True)
        up = await theirs.receive_type("hand")
        raised = await RaisedHand.objects.aget()
        since = raised.raised_at.timestamp()
        voice = await receive_voice(socket, hands=[{"id": student.pk, "name": "Ada", "since": since}])
        await theirs.send("hand", up=False)
        tile = await receive_tile(socket, student, hand_since=None)
    assert (up["up"], voice["said"], tile["heard"] > since) == (True, 0, True)


async def test_hand_lowered_by_the_teacher_goes_down_on_the_page_of_the_student(session, student):
    async with student_socket(session, student) as socket:
        await socket.send("hand", up=True)
        await socket.receive_type("hand")
        await sync_to_async(lower_hand)(session=session, student=student, now=timezone.now(), by_teacher=True)
        assert await socket.receive_type("hand") == {"type": "hand", "up": False}


async def test_erased_answers_disappear_from_both_pages(session, teacher, student):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.send("say", answer="lost")
        await receive_voice(socket, said=1)
        await theirs.receive_type("said")
        await sync_to_async(erase_self_reports)(student=student, now=timezone.now())
        assert (await theirs.receive_type("said"))["answer"] is None
        assert (await receive_voice(socket, said=0))["present"] == 1


async def test_markers_are_sent_when_they_change(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(add_marker)(session=session, author=teacher, text="Exercise", at=timezone.now())
        message = await socket.receive_type("markers")
    assert [marker["text"] for marker in message["markers"]] == ["Exercise"]


@pytest.fixture
def without_cameras(session):
    session.course.mode = "answers"
    session.course.save()


@pytest.mark.usefixtures("without_cameras")
async def test_course_without_cameras_refuses_start_and_frames(session, student):
    async with student_socket(session, student) as socket:
        assert (await socket.receive_type("welcome"))["camera"] == "none"
        await socket.send("start")
        assert (await socket.receive_type("refused"))["code"] == "no_camera_course"
        await socket.send_frame(bytes(20))
        assert (await socket.receive_type("refused"))["code"] == "no_camera_course"
        assert await socket.is_silent(0.3)


@pytest.mark.usefixtures("without_cameras")
async def test_course_without_cameras_closes_the_socket_on_a_flood_of_frames(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(10):
            await socket.send_frame(bytes(20))
        assert await socket.close_code() == 4429


@pytest.mark.usefixtures("without_cameras")
async def test_course_without_cameras_shows_students_as_in_class(session, teacher):
    student = await sync_to_async(factories.student_of)(session.course, consents=False)
    async with teacher_socket(session, teacher) as socket, student_socket(session, student):
        tile = await receive_tile(socket, student, state="in_class")
    assert tile["expression"] is None


async def test_switching_off_reads_faces_stops_running_cameras_at_once(session, teacher, student):
    async with teacher_socket(session, teacher) as socket, student_socket(session, student) as theirs:
        await theirs.send("start")
        await theirs.receive_type("capture")
        await socket.receive_type("ready")
        course = await Course.objects.aget(pk=session.course_id)
        course.mode = "answers"
        await course.asave()
        while (await theirs.receive_type("camera"))["camera"] != "none":
            pass
        assert await theirs.is_silent(0.3)
        await socket.receive_type("resync")


async def test_renaming_a_course_leaves_cameras_running(session, student):
    async with student_socket(session, student) as socket:
        await socket.send("start")
        await socket.receive_type("capture")
        course = await Course.objects.aget(pk=session.course_id)
        course.name = "Statistics"
        await course.asave()
        assert await socket.is_silent(0.3)


async def test_answer_and_hand_during_a_reload_stay_in_the_class(session, teacher, student, monkeypatch):
    stay = await sync_to_async(join_session)(session=session, student=student, now=timezone.now())
    moment = timezone.now()
    has_loaded, may_go_on = asyncio.Event(), asyncio.Event()

    async def load_slowly(function, **arguments):
        found = await database_call(function, **arguments)
        if function is live_class:
            has_loaded.set()
            await may_go_on.wait()
        return found

    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        monkeypatch.setattr("classroom.consumers.teacher.database_call", load_slowly)
        await sync_to_async(events.publish_class_changed)(session.pk)
        await has_loaded.wait()
        await sync_to_async(record_answer)(session=session, student=student, answer="lost", now=moment)
        await sync_to_async(raise_hand)(session=session, student=student, now=moment)
        await receive_tile(socket, student, hand_since=moment.timestamp())
        may_go_on.set()
        await socket.receive_type("resync")
        await sync_to_async(set_camera)(stay=stay, on=True, now=timezone.now())
        tile = await receive_tile(socket, student, state="waiting")
    assert (tile["says"], tile["hand_since"]) == ({"answer": "lost", "at": moment.timestamp()}, moment.timestamp())


async def test_new_dashboard_gets_earlier_answers_and_hands_at_once(session, teacher, student):
    async with student_socket(session, student) as theirs:
        await theirs.receive_type("welcome")
        at = timezone.now() - timedelta(seconds=5)
        await sync_to_async(raise_hand)(session=session, student=student, now=at)
        await sync_to_async(record_answer)(session=session, student=student, answer="lost", now=at)
        async with teacher_socket(session, teacher) as socket:
            voice = (await socket.receive_type("update"))["voice"]
    assert (voice["said"], [hand["since"] for hand in voice["hands"]]) == (1, [at.timestamp()])
