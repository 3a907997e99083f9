"""A socket speaks the language of the page that opened it."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from classroom.consumers.language import language_from_scope
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.attendance import join_session
from tests import factories
from tests.classroom.consumers.sockets import packed, student_socket, teacher_socket
from tests.classroom.consumers.test_teacher_alerts import add_minute_without_face

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


async def detail_of(socket, frame: bytes) -> str:
    await socket.send_frame(frame)
    return (await socket.receive_type("refused"))["detail"]


async def test_refused_frame_is_explained_in_the_language_of_the_page(session, student, jpeg_without_face):
    async with student_socket(session, student, language="hi") as socket:
        assert await detail_of(socket, packed(jpeg_without_face, 1)) == (
            "आपका कैमरा रुका हुआ है, इसलिए इस स्नैपशॉट का उपयोग नहीं किया गया।"
        )


async def test_two_students_are_each_answered_in_their_own_language(session, student, jpeg_without_face):
    frame = packed(jpeg_without_face, 1)
    other = await sync_to_async(factories.student_of)(session.course)
    async with student_socket(session, student, language="hi") as hindi, student_socket(session, other) as english:
        answers = [await detail_of(socket, frame) for socket in (hindi, english, hindi)]
    own = "आपका कैमरा रुका हुआ है, इसलिए इस स्नैपशॉट का उपयोग नहीं किया गया।"
    assert answers == [own, "Your camera is paused, so this snapshot was not used.", own]


async def test_refusal_of_an_oversized_frame_names_both_sizes(session, student, settings):
    settings.SNAPSHOT_MAX_BYTES = 2048
    async with student_socket(session, student, language="hi") as socket:
        assert await detail_of(socket, b"x" * 4096) == "स्नैपशॉट 4 KiB का है; 2 KiB तक की अनुमति है।"


async def test_unknown_command_is_refused_in_the_language_of_the_page(session, student):
    async with student_socket(session, student, language="hi") as socket:
        await socket.send("dance")
        refused = await socket.receive_type("refused")
    assert refused["detail"] == "पेज ने ऐसा आदेश भेजा जिसे यह सर्वर नहीं जानता।"


async def test_alert_reason_is_in_the_language_of_the_dashboard(session, teacher, student):
    await sync_to_async(join_session)(session=session, student=student, now=timezone.now())
    await sync_to_async(add_minute_without_face)(session, student)
    async with teacher_socket(session, teacher, language="hi") as socket:
        await socket.receive_type("ready")
        await sync_to_async(evaluate_alerts)(session=session, now=timezone.now())
        [row] = (await socket.receive_type("alerts"))["alerts"]
    assert row["reason"].startswith("कैमरा चालू है, पर ")


@pytest.mark.parametrize(
    ("accepted", "language"), [("hi-IN,hi;q=0.9", "hi"), ("de", "en"), ("", "en"), ("\xff", "en"), ("x" * 9000, "en")]
)
def test_language_comes_from_accept_language_without_a_cookie(accepted, language):
    assert language_from_scope({"headers": [(b"accept-language", accepted.encode("latin-1"))]}) == language


def test_cookie_with_an_unsupported_language_is_ignored():
    scope = {"cookies": {"django_language": "tlh"}, "headers": [(b"accept-language", b"hi")]}
    assert language_from_scope(scope) == "hi"
