"""The student's socket: first who is refused, then what is refused, then what works."""

import asyncio
import threading
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.consent import withdraw_consent
from accounts.models import Consent, ConsentText
from classroom.domain.attendance import SessionEnded
from classroom.domain.sessions import end_session
from classroom.models import Attendance, ClassSession, Reading, Stay
from classroom.snapshots import Frame, pack_frame
from classroom.tasks import SnapshotDropped
from tests import factories
from tests.classroom.sockets import student_socket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _quick_credits(settings):
    settings.SNAPSHOT_INTERVAL_MS = 50


@pytest.fixture
def session(db):
    return factories.session(started_at=timezone.now())


@pytest.fixture
def student(session):
    return factories.student_of(session.course, "Ada")


def packed(jpeg: bytes, seq: int) -> bytes:
    return pack_frame(Frame(seq=seq, age_ms=10, jpeg=jpeg))


async def start(socket) -> int:
    """Switch the camera on; the number of the first credit."""
    await socket.send("start")
    return (await socket.receive_type("capture"))["seq"]


async def refusal_of(socket, frame: bytes) -> str:
    await socket.send_frame(frame)
    return (await socket.receive_type("refused"))["code"]


# --- who may not come in


async def test_a_wrong_origin_is_refused_at_the_door(session, student):
    async with student_socket(session, student, origin="https://evil.example") as socket:
        assert socket.accepted is False


async def test_a_missing_origin_is_refused_at_the_door(session, student):
    async with student_socket(session, student, origin=None) as socket:
        assert socket.accepted is False


async def test_an_anonymous_visitor_is_refused(session):
    async with student_socket(session) as socket:
        assert await socket.close_code() == 4401


async def test_a_student_of_another_course_is_refused(session):
    stranger = await sync_to_async(lambda: factories.student_of(factories.course()))()
    async with student_socket(session, stranger) as socket:
        assert await socket.close_code() == 4403


async def test_the_teacher_is_refused(session):
    teacher = await session.course.teachers.afirst()
    async with student_socket(session, teacher) as socket:
        assert await socket.close_code() == 4403


async def test_an_ended_session_is_refused(session, student):
    await sync_to_async(end_session)(session=session, now=timezone.now())
    async with student_socket(session, student) as socket:
        assert await socket.close_code() == 4410


async def test_an_unknown_session_is_refused(session, student):
    session.pk += 1000
    async with student_socket(session, student) as socket:
        assert await socket.close_code() == 4404


async def test_one_who_was_refused_can_send_nothing(session, jpeg_without_face):
    async with student_socket(session) as socket:
        await socket.close_code()
        await socket.send_frame(packed(jpeg_without_face, 1))
        assert await socket.is_silent()
    assert await Stay.objects.acount() == 0


# --- what is not taken


async def test_without_consent_the_camera_is_not_started(session, jpeg_without_face):
    student = await sync_to_async(factories.student_of)(session.course, consents=False)
    async with student_socket(session, student) as socket:
        assert (await socket.receive())["camera"] == "no_consent"
        await socket.send("start")
        assert (await socket.receive())["camera"] == "no_consent"
        assert (await socket.receive())["code"] == "no_consent"
        assert await refusal_of(socket, packed(jpeg_without_face, 1)) == "paused"
    assert await Reading.objects.acount() == 0


async def test_a_frame_nobody_asked_for_is_refused(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert await refusal_of(socket, packed(jpeg_without_face, seq + 7)) == "not_requested"


async def test_an_oversized_frame_is_refused_and_the_next_credit_comes(session, student):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert await refusal_of(socket, bytes(64 * 1024 + 1)) == "too_large"
        assert (await socket.receive_type("capture"))["seq"] == seq + 1


async def test_what_is_no_jpeg_is_refused(session, student):
    async with student_socket(session, student) as socket:
        assert await refusal_of(socket, packed(b"GIF89a" + bytes(50), await start(socket))) == "not_jpeg"


async def test_a_header_with_huge_dimensions_is_refused(session, student, wide_jpeg):
    async with student_socket(session, student) as socket:
        assert await refusal_of(socket, packed(wide_jpeg, await start(socket))) == "dimensions"


async def test_a_text_frame_is_refused_and_the_socket_survives(session, student):
    async with student_socket(session, student) as socket:
        for text in ("a picture", '"start"', "[]", "null", "{}", '{"type": "fly"}', '{"type": []}'):
            await socket.send_text(text)
            assert (await socket.receive_type("refused"))["code"] in ("text_frame", "unknown_command")
        assert await start(socket) == 1


async def test_a_flood_of_unasked_frames_ends_the_connection(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        for _ in range(10):
            await socket.send_frame(packed(jpeg_without_face, 1))
        assert await socket.close_code() == 4429


async def test_endless_nonsense_ends_the_connection(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(20):
            await socket.send_text("nonsense")
        assert await socket.close_code() == 4400


async def test_a_command_storm_ends_the_connection(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(60):
            await socket.send("pause")
        assert await socket.close_code() == 4429


# --- what works


async def test_the_welcome_says_where_one_is(session, student):
    async with student_socket(session, student) as socket:
        welcome = await socket.receive()
    assert welcome["session"]["topic"] == "Means"
    assert welcome["student"] == {"id": student.pk, "name": "Ada"}
    assert (welcome["camera"], welcome["limits"]["max_bytes"]) == ("paused", 65536)


async def test_a_face_goes_all_the_way(session, student, portrait):
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


async def test_no_face_is_a_result(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        await socket.send_frame(packed(jpeg_without_face, await start(socket)))
        result = await socket.receive_type("result")
    assert (result["faces"], result["expression"], result["box"]) == (0, None, None)


async def test_after_a_result_the_next_credit_comes(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        for expected in (seq, seq + 1, seq + 2):
            await socket.send_frame(packed(jpeg_without_face, expected))
            assert (await socket.receive_type("result"))["seq"] == expected
            assert (await socket.receive_type("capture"))["seq"] == expected + 1


async def test_a_broken_picture_is_answered_and_the_session_goes_on(session, student, portrait):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        await socket.send_frame(packed(portrait[: len(portrait) // 2], seq))
        dropped = await socket.receive_type("dropped")
        assert (dropped["seq"], dropped["reason"]) == (seq, "failed")
        await socket.send_frame(packed(portrait, (await socket.receive_type("capture"))["seq"]))
        assert (await socket.receive_type("result"))["faces"] == 1


async def test_an_old_snapshot_is_dropped_as_stale(session, student, portrait):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        await socket.send_frame(pack_frame(Frame(seq=seq, age_ms=3500, jpeg=portrait)))
        assert (await socket.receive_type("dropped"))["reason"] == "stale"
    assert await Reading.objects.acount() == 0


async def test_pausing_stops_the_credits(session, student):
    async with student_socket(session, student) as socket:
        await start(socket)
        await socket.send("pause")
        assert (await socket.receive_type("camera"))["camera"] == "paused"
        assert await socket.is_silent()
        assert (await Attendance.objects.aget()).camera == "paused"


async def test_leaving_is_told_from_a_lost_connection(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("leave")
        assert await socket.close_code() == 1000
    assert (await Attendance.objects.aget()).left is True


async def test_a_lost_connection_ends_the_stay(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        assert await Stay.objects.filter(left_at=None).acount() == 1
    assert await Stay.objects.filter(left_at=None).acount() == 0
    assert (await Attendance.objects.aget()).left is False


async def test_a_second_device_takes_over(session, student):
    async with student_socket(session, student) as first:
        await first.receive()
        async with student_socket(session, student) as second:
            assert await first.close_code() == 4409
            assert (await second.receive())["type"] == "welcome"
            assert await start(second) == 1


async def test_the_end_of_the_session_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        await sync_to_async(end_session)(session=session, now=timezone.now())
        assert (await socket.receive())["type"] == "ended"
        assert await socket.close_code() == 4410


async def test_withdrawing_consent_stops_the_camera_at_once(session, student):
    async with student_socket(session, student) as socket:
        await start(socket)
        await sync_to_async(withdraw_consent)(user=student, now=timezone.now())
        assert (await socket.receive_type("camera"))["camera"] == "no_consent"
        assert await socket.is_silent()


async def test_being_removed_from_the_course_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        await socket.receive()
        enrolment = await session.course.enrolments.aget()
        await sync_to_async(enrolment.delete)()
        assert await socket.close_code() == 4403


async def test_two_students_do_not_hear_each_other(session, student, portrait):
    other = await sync_to_async(factories.student_of)(session.course)
    async with student_socket(session, student) as mine, student_socket(session, other) as theirs:
        await theirs.receive()
        seq = await start(mine)
        await mine.send_frame(packed(portrait, seq))
        await mine.receive_type("result")
        assert await theirs.is_silent()


async def test_a_credit_that_is_never_answered_is_followed_by_another(session, student, monkeypatch):
    monkeypatch.setattr("classroom.consumers.student.CREDIT_EXPIRES_S", 0.1)
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert (await socket.receive_type("capture"))["seq"] == seq + 1


async def test_frames_of_many_students_are_analysed_side_by_side(session, portrait):
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


# --- what goes wrong


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

    monkeypatch.setattr("classroom.consumers.student.StudentConsumer._grant", fail)
    async with student_socket(session, student) as socket:
        await socket.receive()
        await socket.send("start")
        assert await socket.close_code() == 1011


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
        monkeypatch.setattr("classroom.tasks._recogniser", lambda: looked_at.append(1))
        await socket.send_frame(packed(portrait, seq))
        assert (await socket.receive_type("dropped"))["reason"] == "no_consent"
        assert (await socket.receive_type("camera"))["camera"] == "no_consent"
    assert looked_at == []


async def test_pausing_does_not_wait_for_the_picture_under_way(session, student, portrait, monkeypatch):
    paused = threading.Event()

    def slow(*_):
        paused.wait(10)
        raise SnapshotDropped("stale")

    monkeypatch.setattr("classroom.tasks._analyse", slow)
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
