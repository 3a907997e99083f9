"""One student who connects and sends far more often than a page does."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async

from classroom.consumers import abuse_guard
from classroom.domain.history.timeline import class_timeline, stay_windows
from classroom.infra.rate_limits import count_event
from classroom.models import Attendance, Stay
from tests import factories
from tests.classroom.consumers.sockets import student_socket, teacher_socket
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    return factories.student_of(session.course, "Ada")


@pytest.fixture(autouse=True)
def _within_one_minute(monkeypatch):
    monkeypatch.setattr("classroom.infra.rate_limits._clock", lambda: 1_700_000_000.0)


async def test_more_than_thirty_connections_a_minute_of_a_student_are_closed(session, student):
    codes = []
    for _ in range(33):
        async with student_socket(session, student) as socket:
            first = await socket.communicator.receive_output(20)
            codes.append(first.get("code"))
    assert codes == [None] * 30 + [4429] * 3
    assert await Stay.objects.acount() == 1


async def test_connections_are_counted_over_all_sessions_and_sockets_of_a_user_and_not_of_others(
    session, student, monkeypatch
):
    monkeypatch.setattr(abuse_guard, "MAX_CONNECTIONS_PER_MINUTE", 6)
    other = await sync_to_async(factories.session)()
    teacher = await session.course.teachers.aget()
    for number in range(6):
        async with student_socket(session if number % 2 else other, student):
            pass
    async with teacher_socket(session, student) as socket:
        assert await socket.close_code() == 4429
    async with teacher_socket(session, teacher) as socket:
        assert (await socket.receive())["type"] == "ready"


async def test_commands_are_counted_over_the_connections_of_a_student(session, student):
    async with student_socket(session, student) as socket:
        for _ in range(40):
            await socket.send("hand", up=True)
            await socket.receive_type("hand")
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        for _ in range(20):
            await socket.send("hand", up=True)
            await socket.receive_type("hand")
        await socket.send("hand", up=True)
        assert await socket.close_code() == 4429


def test_commands_by_http_are_counted_with_those_of_the_sockets(session, student, client):
    client.force_login(student)
    for _ in range(50):
        count_event("commands", student.pk, period_s=60)
    path = f"/api/sessions/{session.pk}/attendance/"
    statuses = [client.post(path, {"hand_up": True}, content_type="application/json").status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2


def test_twenty_thousand_stays_of_a_student_are_few_rows_for_the_timeline(session, student, django_assert_num_queries):
    attendance = Attendance.objects.create(session=session, student=student, changed_at=NOW)
    Stay.objects.bulk_create(
        (
            Stay(attendance=attendance, joined_at=joined_at, last_seen_at=joined_at, left_at=joined_at)
            for joined_at in (NOW + timedelta(milliseconds=45 * number) for number in range(20_000))
        ),
        batch_size=2000,
    )
    until = NOW + timedelta(minutes=15)
    assert len(stay_windows(Stay.objects.all(), until)) == 90
    with django_assert_num_queries(2):
        windows = class_timeline(session=session, until=until)
    assert {window["present"] for window in windows} == {1}
