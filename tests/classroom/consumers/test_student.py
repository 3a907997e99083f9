"""The student's socket in normal use."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import ConsentText
from classroom.domain.consent.consents import grant_consent, withdraw_consent
from classroom.domain.consent.guardians import record_guardian_consent, withdraw_guardian_consent
from classroom.domain.sessions import end_session, rename_session
from classroom.models import Attendance, Reading, Stay
from tests import factories
from tests.classroom.consumers.sockets import packed, start, student_socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_welcome_names_session_student_and_limits(session, student):
    async with student_socket(session, student) as socket:
        welcome = await socket.receive()
    assert welcome["session"]["topic"] == "Means"
    assert welcome["student"] == {"id": student.pk, "name": "Ada"}
    assert (welcome["camera"], welcome["limits"]["max_bytes"]) == ("paused", 65536)


async def test_snapshot_with_a_face_is_saved_and_answered(session, student, portrait):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        await socket.send_frame(packed(portrait, seq))
        result = await socket.receive_type("result")
    reading = await Reading.objects.aget()
    assert (result["seq"], result["faces"], result["expression"]) == (seq, 1, reading.expression)
    assert result["probabilities"] == reading.probabilities
    assert sum(result["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert all(0 <= share <= 1 for share in result["box"])
    assert reading.student_id == student.pk


async def test_snapshot_without_a_face_is_answered_with_a_result(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(jpeg_without_face, await start(socket)))
        result = await socket.receive_type("result")
    assert (result["faces"], result["expression"], result["box"]) == (0, None, None)


async def test_result_is_followed_by_the_next_credit(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        for expected in (seq, seq + 1, seq + 2):
            await socket.send_frame(packed(jpeg_without_face, expected))
            assert (await socket.receive_type("result"))["seq"] == expected
            assert (await socket.receive_type("capture"))["seq"] == expected + 1


async def test_broken_jpeg_is_dropped_and_the_next_credit_follows(session, student, portrait):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        await socket.send_frame(packed(portrait[: len(portrait) // 2], seq))
        dropped = await socket.receive_type("dropped")
        assert (dropped["seq"], dropped["reason"]) == (seq, "failed")
        await socket.send_frame(packed(portrait, (await socket.receive_type("capture"))["seq"]))
        assert (await socket.receive_type("result"))["faces"] == 1


async def test_old_snapshot_is_dropped_as_stale(session, student, portrait):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        await socket.send_frame(packed(portrait, seq, age_ms=3500))
        assert (await socket.receive_type("dropped"))["reason"] == "stale"
    assert await Reading.objects.acount() == 0


async def test_pause_stops_the_credits(session, student):
    async with student_socket(session, student) as socket:
        await start(socket)
        await socket.send("pause")
        assert (await socket.receive_type("camera"))["camera"] == "paused"
        assert await socket.is_silent()
        assert (await Attendance.objects.aget()).camera == "paused"


async def test_ping_is_answered(session, student):
    async with student_socket(session, student) as socket:
        await socket.send("ping")
        assert await socket.receive_type("pong") == {"type": "pong"}


async def test_leave_command_marks_the_student_as_left(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("leave")
        assert await socket.close_code() == 1000
    assert (await Attendance.objects.aget()).left is True


async def test_lost_connection_ends_the_stay(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        assert await Stay.objects.filter(left_at=None).acount() == 1
    assert await Stay.objects.filter(left_at=None).acount() == 0
    assert (await Attendance.objects.aget()).left is False


async def test_second_device_takes_over(session, student):
    async with student_socket(session, student) as first:
        await first.receive()
        async with student_socket(session, student) as second:
            assert await first.close_code() == 4409
            assert (await second.receive())["type"] == "welcome"
            assert await start(second) == 1


async def test_end_of_the_session_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        await sync_to_async(end_session)(session=session, now=timezone.now())
        assert (await socket.receive())["type"] == "ended"
        assert await socket.close_code() == 4410


async def test_consent_withdrawn_in_another_course_leaves_the_camera_on(session, student):
    other = await sync_to_async(factories.course)()
    await sync_to_async(factories.consent)(student, other)
    async with student_socket(session, student) as socket:
        await start(socket)
        await sync_to_async(withdraw_consent)(student=student, course=other, now=timezone.now())
        await socket.send("ping")
        assert (await socket.receive())["type"] == "pong"
        assert await Attendance.objects.filter(camera="on").aexists()


async def test_withdrawn_consent_stops_the_camera_at_once(session, student):
    async with student_socket(session, student) as socket:
        await start(socket)
        await sync_to_async(withdraw_consent)(student=student, now=timezone.now())
        assert (await socket.receive_type("camera"))["camera"] == "no_consent"
        assert await socket.is_silent()


def agree_to_newer_text(session, student):
    texts = ConsentText.objects.in_organisation(session.course.organisation_id)
    newer = ConsentText.objects.create(
        organisation=session.course.organisation,
        version=texts.current().version + 1,
        body="Newer words.",
        applies_from=timezone.now(),
    )
    grant_consent(student=student, course=session.course, version=newer.version, now=timezone.now())


def record_guardian_for_all_courses(session, student):
    about = {"guardian": "Mother", "how": "letter", "given_on": factories.NOW.date(), "now": timezone.now()}
    record_guardian_consent(student=student, course=None, administrator=factories.user("administrator"), **about)


def withdraw_guardian_for_one_course(session, student):
    factories.guardian_consent(student)
    of_course = student.guardian_consents.get(course=session.course)
    about = {"how": "letter", "administrator": factories.user("administrator"), "now": timezone.now()}
    withdraw_guardian_consent(consent=of_course, **about)


@pytest.mark.parametrize(
    "change", [agree_to_newer_text, record_guardian_for_all_courses, withdraw_guardian_for_one_course]
)
async def test_camera_stays_on_while_consent_is_in_force(session, student, settings, change):
    settings.GUARDIAN_CONSENT_REQUIRED = True
    await sync_to_async(factories.guardian_consent)(student, course=session.course)
    async with student_socket(session, student) as socket:
        await start(socket)
        await sync_to_async(change)(session, student)
        await socket.send("ping")
        assert (await socket.receive())["type"] == "pong"
        assert await Attendance.objects.filter(camera="on").aexists()


async def test_camera_can_be_started_once_consent_is_given(session):
    student = await sync_to_async(factories.student_of)(session.course, consents=False)
    async with student_socket(session, student) as socket:
        assert (await socket.receive_type("welcome"))["camera"] == "no_consent"
        await sync_to_async(factories.consent)(student, session.course)
        assert (await socket.receive_type("camera"))["camera"] == "paused"
        assert await start(socket) == 1


async def test_removal_from_the_course_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        enrolment = await session.course.enrolments.aget()
        await sync_to_async(enrolment.delete)()
        assert await socket.close_code() == 4403


async def test_students_do_not_receive_messages_of_each_other(session, student, portrait):
    other = await sync_to_async(factories.student_of)(session.course)
    async with student_socket(session, student) as mine, student_socket(session, other) as theirs:
        await theirs.receive()
        seq = await start(mine)
        await mine.send_frame(packed(portrait, seq))
        await mine.receive_type("result")
        assert await theirs.is_silent()


async def test_expired_credit_is_followed_by_another(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.credits.CREDIT_EXPIRES_S", 0.1)
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert (await socket.receive_type("capture"))["seq"] == seq + 1


async def test_frames_of_many_students_are_analysed_concurrently(session, portrait):
    students = [await sync_to_async(factories.student_of)(session.course) for _ in range(5)]

    async def attend(student):
        async with student_socket(session, student) as socket:
            await socket.send("start")
            for _ in range(3):
                seq = (await socket.receive_type("capture"))["seq"]
                await socket.send_frame(packed(portrait, seq))
                assert (await socket.receive_type("result"))["faces"] == 1

    await asyncio.gather(*(attend(student) for student in students))
    assert await Reading.objects.acount() == 15


async def test_page_is_told_the_new_topic_of_a_class_that_is_renamed(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        await sync_to_async(rename_session)(session=session, topic="Medians")
        assert await socket.receive_type("topic") == {"type": "topic", "topic": "Medians"}
