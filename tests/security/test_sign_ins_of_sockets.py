"""A stolen sign-in keeps no socket open once its owner or an administrator has ended it."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests import factories
from tests.classroom.consumers.sockets import student_socket, teacher_socket

pytestmark = pytest.mark.django_db(transaction=True)

NEW_PASSWORD = "another long password"


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


@pytest.fixture
def teacher(session):
    return session.course.teachers.get()


@pytest.fixture
def _quick_heartbeat(monkeypatch):
    monkeypatch.setattr("classroom.consumers.session_socket.HEARTBEAT", timedelta(seconds=0.05))


def set_password_as_administrator(user: User) -> None:
    client = Client()
    client.force_login(factories.user("administrator"))
    fields = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(f"/admin/accounts/user/{user.pk}/password/", fields).status_code == 302


async def test_password_set_by_an_administrator_closes_the_socket_and_the_next_attempt_is_refused(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await sync_to_async(set_password_as_administrator)(teacher)
        assert await socket.close_code() == 4503
    async with teacher_socket(session, session_key=socket.session_key) as again:
        assert await again.close_code() == 4401


@pytest.mark.usefixtures("_quick_heartbeat")
async def test_password_set_in_the_database_closes_the_socket_at_the_next_heartbeat(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        teacher.set_password(NEW_PASSWORD)
        await User.objects.filter(pk=teacher.pk).aupdate(password=teacher.password)
        assert await socket.close_code() == 4503


@pytest.mark.usefixtures("_quick_heartbeat")
async def test_deleted_session_closes_the_socket_at_the_next_heartbeat(session):
    student = await sync_to_async(factories.student_of)(session.course)
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        await Session.objects.all().adelete()
        assert await socket.close_code() == 4503
    async with student_socket(session, session_key=socket.session_key) as again:
        assert await again.close_code() == 4401


@pytest.mark.usefixtures("_quick_heartbeat")
async def test_deactivation_in_the_database_closes_the_socket_at_the_next_heartbeat(session, teacher):
    async with teacher_socket(session, teacher) as socket:
        await socket.receive_type("ready")
        await User.objects.filter(pk=teacher.pk).aupdate(is_active=False)
        assert await socket.close_code() == 4401
