from datetime import timedelta

import pytest

from accounts.models import User
from classroom.domain.sessions import close_idle_sessions
from tests import factories
from tests.factories import NOW, PASSWORD
from tests.server import free_port

pytestmark = pytest.mark.django_db
SIGN_UP = {"name": "Zoë", "email": "zoe@example.org", "password1": "quiet-river-41", "password2": "quiet-river-41"}


def stop_redis(settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
        }
    }


@pytest.fixture
def user(settings):
    stop_redis(settings)
    return factories.user()


def assert_says_what_is_wrong(response, title: str, reason: str) -> None:
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "5", "no-store")
    assert title in response.text
    assert reason in response.text


def test_sign_in_says_what_is_wrong(client, user):
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    reason = "Part of the server is not responding. Nothing was changed."
    assert "Try again in 5 seconds." in response.text
    assert_says_what_is_wrong(response, "This is not possible right now", reason)
    assert not response.wsgi_request.user.is_authenticated


def test_sign_in_says_what_is_wrong_in_hindi(client, user):
    fields = {"login": user.email, "password": PASSWORD}
    response = client.post("/accounts/login/", fields, headers={"Accept-Language": "hi"})
    assert_says_what_is_wrong(response, "यह अभी नहीं हो सकता", "सर्वर का एक हिस्सा जवाब नहीं दे रहा है।")


@pytest.mark.usefixtures("user")
def test_sign_up_says_what_is_wrong_and_creates_no_account(client):
    before = User.objects.count()
    response = client.post("/accounts/signup/", SIGN_UP)
    assert_says_what_is_wrong(response, "This is not possible right now", "Nothing was changed.")
    assert User.objects.count() == before


def test_dashboard_gets_its_state(client, settings):
    session = factories.session()
    client.force_login(session.course.teachers.get())
    stop_redis(settings)
    response = client.get(f"/api/sessions/{session.pk}/live/")
    assert response.status_code == 200
    assert response.json()["session"]["id"] == session.pk


@pytest.mark.usefixtures("user")
def test_sign_in_page_itself_opens(client):
    assert client.get("/accounts/login/").status_code == 200


def test_idle_session_stays_open_while_nobody_can_tell_whether_a_teacher_is_there(settings):
    session = factories.session()
    stop_redis(settings)
    assert close_idle_sessions(now=NOW + timedelta(hours=2)) == 0
    session.refresh_from_db()
    assert session.is_running
