"""A stolen sign-in keeps no socket open after its owner or an administrator has ended it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests import factories
from tests.classroom.consumers.sockets import signed_in_cookie, student_socket, teacher_socket

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


async def test_attempt_with_a_former_password_leaves_the_session_to_the_request_that_renews_it(session, teacher):
    key = await signed_in_cookie(teacher)
    teacher.set_password(NEW_PASSWORD)
    await User.objects.filter(pk=teacher.pk).aupdate(password=teacher.password)
    async with teacher_socket(session, session_key=key) as socket:
        assert await socket.close_code() == 4401
    assert await Session.objects.filter(session_key=key).aexists()


async def test_sign_in_from_before_a_new_secret_key_opens_sockets(session, teacher, settings):
    key = await signed_in_cookie(teacher)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [settings.SECRET_KEY]
    for _ in range(2):
        async with teacher_socket(session, session_key=key) as socket:
            await socket.receive_type("ready")


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


def signed_in_browser(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": factories.PASSWORD})
    return client


async def two_browsers(user: User) -> tuple[str, Client]:
    """Return the session key of one browser, and another."""
    elsewhere, here = [await sync_to_async(signed_in_browser)(user) for _ in range(2)]
    return elsewhere.cookies["sessionid"].value, here


def end_other_browsers(browser: Client) -> None:
    assert browser.post("/accounts/sessions/").status_code == 302


def end_one_browser(browser: Client) -> None:
    here = browser.cookies["sessionid"].value
    [other] = UserSession.objects.exclude(session_key=here)
    assert browser.post(f"/accounts/sessions/{other.pk}/end/").status_code == 302


def sign_out_everywhere(browser: Client) -> None:
    assert browser.post("/accounts/sign-out-everywhere/").status_code == 302


@pytest.mark.parametrize(
    ("end", "code"), [(end_other_browsers, 4401), (end_one_browser, 4401), (sign_out_everywhere, 4503)]
)
async def test_signing_out_elsewhere_closes_that_browser_s_socket_without_a_heartbeat(session, teacher, end, code):
    """A heartbeat would take 20 seconds; nothing here makes it quicker."""
    elsewhere, here = await two_browsers(teacher)
    async with teacher_socket(session, session_key=elsewhere) as socket:
        await socket.receive_type("ready")
        await sync_to_async(end)(here)
        assert await socket.close_code() == code
    async with teacher_socket(session, session_key=elsewhere) as again:
        assert await again.close_code() == 4401


async def test_the_browser_that_signs_the_others_out_keeps_its_socket(session, teacher):
    elsewhere, here = await two_browsers(teacher)
    here_key = here.cookies["sessionid"].value
    async with (
        teacher_socket(session, session_key=here_key) as kept,
        teacher_socket(session, session_key=elsewhere) as ended,
    ):
        await kept.receive_type("ready")
        await ended.receive_type("ready")
        await sync_to_async(end_other_browsers)(here)
        assert await ended.close_code() == 4401
        assert not kept.communicator.future.done()
