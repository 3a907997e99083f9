"""A student whose snapshots take far more CPU time than others': the class goes on, but they get no more credits."""

import time

import pytest

from classroom.infra.analysis_costs import record_cost
from classroom.models import Attendance
from emotions import serving
from tests.classroom.consumers.conftest import session, student  # noqa: F401
from tests.classroom.consumers.sockets import packed, start, student_socket

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = (
    "Your pictures take this server far too long to read, so your camera stays off in this class. You are still in "
    "class and can answer and raise your hand. For the next class, use another browser, or switch off programs that "
    "change your camera’s picture."
)


@pytest.fixture
def _bombs(monkeypatch, settings):
    """Every picture takes twenty times the CPU time of the others', like those that get past the checks."""
    settings.SNAPSHOT_INTERVAL_MS = 50
    settings.SNAPSHOT_STALE_S = 60
    recogniser = serving.recogniser()

    class CostlyRecogniser:
        def recognise(self, jpeg):
            until = time.thread_time() + 0.2
            while time.thread_time() < until:
                pass
            return recogniser.recognise(jpeg)

    monkeypatch.setattr(serving, "recogniser", CostlyRecogniser)


@pytest.fixture
def _others():
    for student_id in (1001, 1002):
        record_cost(session_id=0, student_id=student_id, cost_s=0.01)


@pytest.mark.usefixtures("_bombs", "_others")
async def test_third_costly_snapshot_ends_the_credits_and_says_what_to_do(session, student, jpeg_without_face):  # noqa: F811
    async with student_socket(session, student) as socket:
        seq = await start(socket)
        for _ in range(2):
            await socket.send_frame(packed(jpeg_without_face, seq))
            seq = (await socket.receive_type("capture"))["seq"]
        await socket.send_frame(packed(jpeg_without_face, seq))
        assert (await socket.receive())["reason"] == "too_costly"
        assert (await socket.receive())["camera"] == "paused"
        assert await socket.receive() == {"type": "refused", "seq": seq, "code": "too_costly", "detail": SENTENCE}
        assert await socket.is_silent(0.5)
    assert (await Attendance.objects.aget()).camera == "paused"


async def test_excluded_student_gets_no_credits_after_joining_again(session, student):  # noqa: F811
    record_cost(session_id=session.pk, student_id=student.pk + 1, cost_s=0.01)
    for _ in range(3):
        record_cost(session_id=session.pk, student_id=student.pk, cost_s=13.0)
    async with student_socket(session, student) as socket:
        assert (await socket.receive())["type"] == "welcome"
        await socket.send("start")
        assert await socket.receive() == {"type": "refused", "seq": 0, "code": "too_costly", "detail": SENTENCE}
        await socket.send("hand", up=True)
        assert await socket.receive() == {"type": "hand", "up": True}
