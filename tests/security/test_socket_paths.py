"""The way in which sockets are refused reveals nothing to visitors about sessions that are not theirs."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from tests import factories
from tests.classroom.consumers.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


@pytest.mark.parametrize("kind", ["student", "teacher"])
@pytest.mark.parametrize("role", ["student", "teacher", "administrator"])
async def test_stranger_cannot_tell_running_ended_and_absent_sessions_apart(session, kind, role):
    ended = await sync_to_async(factories.session)(ended_at=timezone.now())
    stranger = await sync_to_async(factories.user)(role)
    for number in (session.pk, ended.pk, session.pk + 1000):
        async with Socket(f"/ws/sessions/{number}/{kind}/", stranger) as socket:
            assert await socket.close_code() == 4404


async def test_visitor_who_is_not_signed_in_gets_one_code_for_all_sessions(session):
    for number in (session.pk, session.pk + 1000):
        async with Socket(f"/ws/sessions/{number}/student/") as socket:
            assert await socket.close_code() == 4401


@pytest.mark.parametrize(
    "path", ["/", "/ws/", "/ws/sessions/1/", "/ws/sessions/x/student/", "/ws/sessions/1/student", "/ws/%00/", "/ws/é/"]
)
@pytest.mark.parametrize("is_signed_in", [False, True])
async def test_unknown_path_is_closed_with_a_code_and_without_an_error(path, is_signed_in):
    user = await sync_to_async(factories.user)() if is_signed_in else None
    async with Socket(path, user) as socket:
        assert await socket.close_code() == 4404
        await socket.communicator.disconnect()
        assert await socket.failure() is None
