import asyncio
import inspect

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.utils import timezone

from classroom.consumers.session_socket import SessionSocket
from classroom.infra.events import session_group
from tests import factories
from tests.classroom.consumers.sockets import teacher_socket


async def test_job_that_has_not_begun_is_closed_with_its_socket():
    async def work():
        await asyncio.Event().wait()

    socket, job = SessionSocket(), work()
    task = socket.run_in_background(job)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert inspect.getcoroutinestate(job) == inspect.CORO_CLOSED
    assert socket.jobs == set()


@pytest.mark.django_db(transaction=True)
async def test_message_that_only_the_next_version_knows_leaves_the_socket_open():
    session = await sync_to_async(factories.session)(started_at=timezone.now())
    teacher = await sync_to_async(session.course.teachers.get)()
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await get_channel_layer().group_send(session_group(session.pk), {"type": "lesson.plan.changed"})
        await socket.send("ping")
        await socket.receive_type("pong")
