"""The student's socket: clients and messages that are refused."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from classroom.domain.courses.modes import set_faces_only
from classroom.domain.sessions import end_session
from classroom.infra import metrics
from classroom.models import Reading, Stay
from classroom.simulation.on_device import faces_alone
from tests import factories
from tests.classroom.consumers.sockets import packed, refusal_of, start, student_socket

pytestmark = pytest.mark.django_db(transaction=True)


async def test_wrong_origin_is_rejected_in_the_handshake(session, student):
    async with student_socket(session, student, origin="https://evil.example") as socket:
        assert socket.accepted is False


async def test_missing_origin_is_rejected_in_the_handshake(session, student):
    async with student_socket(session, student, origin=None) as socket:
        assert socket.accepted is False


async def test_anonymous_visitor_is_refused(session):
    async with student_socket(session) as socket:
        assert await socket.close_code() == 4401


async def test_student_of_another_course_is_refused(session):
    stranger = await sync_to_async(lambda: factories.student_of(factories.course()))()
    async with student_socket(session, stranger) as socket:
        assert await socket.close_code() == 4404


async def test_teacher_is_refused(session):
    teacher = await session.course.teachers.afirst()
    async with student_socket(session, teacher) as socket:
        assert await socket.close_code() == 4404


async def test_ended_session_is_refused(session, student):
    await sync_to_async(end_session)(session=session, now=timezone.now())
    async with student_socket(session, student) as socket:
        assert await socket.close_code() == 4410


async def test_unknown_session_is_refused(session, student):
    session.pk += 1000
    async with student_socket(session, student) as socket:
        assert await socket.close_code() == 4404


async def test_refused_client_can_send_nothing(session, jpeg_without_face):
    async with student_socket(session) as socket:
        await socket.close_code()
        await socket.send_frame(packed(jpeg_without_face, 1))
        assert await socket.is_silent()
    assert await Stay.objects.acount() == 0


async def test_camera_does_not_start_without_consent(session, jpeg_without_face):
    student = await sync_to_async(factories.student_of)(session.course, consents=False)
    async with student_socket(session, student) as socket:
        assert (await socket.receive())["camera"] == "no_consent"
        await socket.send("start")
        assert (await socket.receive())["camera"] == "no_consent"
        assert (await socket.receive())["code"] == "no_consent"
        assert await refusal_of(socket, packed(jpeg_without_face, 1)) == "paused"
    assert await Reading.objects.acount() == 0


async def test_unrequested_frame_is_refused(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert await refusal_of(socket, packed(jpeg_without_face, seq + 7)) == "not_requested"


async def test_oversized_frame_is_refused_and_the_next_credit_follows(session, student):
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert await refusal_of(socket, bytes(64 * 1024 + 1)) == "too_large"
        assert (await socket.receive_type("capture"))["seq"] == seq + 1


async def test_frame_that_is_not_a_jpeg_is_refused(session, student):
    async with student_socket(session, student) as socket:
        assert await refusal_of(socket, packed(b"GIF89a" + bytes(50), await start(socket))) == "not_jpeg"


async def test_jpeg_with_huge_dimensions_is_refused(session, student, wide_jpeg):
    async with student_socket(session, student) as socket:
        assert await refusal_of(socket, packed(wide_jpeg, await start(socket))) == "dimensions"


async def test_whole_frame_is_refused_where_only_faces_are_accepted(session, student, portrait):
    await sync_to_async(set_faces_only)(course=session.course, on=True)
    [face] = faces_alone([portrait])
    async with student_socket(session, student) as socket:
        await socket.send("start")
        credit = await socket.receive_type("capture")
        assert credit["faces_only"] is True
        await socket.send_frame(packed(portrait, credit["seq"]))
        refusal = await socket.receive_type("refused")
        assert (refusal["code"], "cut out on your own computer" in refusal["detail"]) == ("faces_only", True)
        credit = await socket.receive_type("capture")
        await socket.send_frame(packed(face, credit["seq"]))
        assert (await socket.receive_type("result"))["faces"] == 1


async def test_class_that_runs_accepts_only_faces_as_soon_as_a_teacher_says_so(session, student, portrait):
    async with student_socket(session, student) as socket:
        await socket.send("start")
        credit = await socket.receive_type("capture")
        assert credit["faces_only"] is False
        await sync_to_async(set_faces_only)(course=session.course, on=True)
        await socket.send_frame(packed(portrait, credit["seq"]))
        # The change may arrive after the frame.
        while (message := await socket.receive())["type"] != "refused":
            if message["type"] == "capture":
                await socket.send_frame(packed(portrait, message["seq"]))
        assert message["code"] == "faces_only"


@pytest.mark.parametrize(
    ("content", "code"),
    [(bytes([9, 0, 1, 64, 0, 240]), "unknown_version"), (bytes([2, 40, 1, 64, 0, 240, 0]), "too_many_faces")],
)
async def test_frame_with_wrong_statements_is_refused_and_counted(session, student, content, code):
    counter = metrics.REFUSED.labels(code)
    before = counter._value.get()
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        assert await refusal_of(socket, packed(content, seq)) == code
        assert (await socket.receive_type("capture"))["seq"] == seq + 1
    assert counter._value.get() == before + 1


async def test_malformed_text_is_refused_and_the_socket_stays_open(session, student):
    async with student_socket(session, student) as socket:
        for text in ("a picture", '"start"', "[]", "null", "{}", '{"type": "fly"}', '{"type": []}'):
            await socket.send_text(text)
            assert (await socket.receive_type("refused"))["code"] in ("text_frame", "unknown_command")
        assert await start(socket) == 1


async def test_flood_of_unrequested_frames_closes_the_socket(session, student, jpeg_without_face):
    async with student_socket(session, student) as socket:
        for _ in range(10):
            await socket.send_frame(packed(jpeg_without_face, 1))
        assert await socket.close_code() == 4429


async def test_flood_of_malformed_text_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(20):
            await socket.send_text("nonsense")
        assert await socket.close_code() == 4400


async def test_flood_of_commands_closes_the_socket(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(61):
            await socket.send("pause")
        assert await socket.close_code() == 4429
