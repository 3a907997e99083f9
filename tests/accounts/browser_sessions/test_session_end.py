"""When a sign-in ends: after idle time, and everywhere at once."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.browser_sessions.sign_outs import is_signed_in
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
IDLE = timedelta(hours=12)


def sign_in(user) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get("/accounts/password/change/").status_code == 200


def age(client, by: timedelta) -> None:
    """Make the client's session look as if nothing had been requested for that long."""
    key = client.session.session_key
    session = SessionStore(key)
    session["renewed_at"] -= int(by.total_seconds())
    session.save()
    Session.objects.filter(pk=key).update(expire_date=timezone.now() + IDLE - by)


def remaining(client) -> timedelta:
    return Session.objects.get(pk=client.session.session_key).expire_date - timezone.now()


@pytest.fixture
def user():
    return factories.user()


def test_session_lasts_twelve_hours_from_the_latest_request(user):
    client = sign_in(user)
    for _ in range(3):
        age(client, timedelta(hours=11))
        assert is_in(client)
        assert remaining(client) > timedelta(hours=11, minutes=50)


def test_session_ends_after_twelve_idle_hours(user):
    client = sign_in(user)
    age(client, timedelta(hours=12, seconds=1))
    assert not is_in(client)


def test_session_is_written_again_only_after_a_while(user):
    client = sign_in(user)
    assert "sessionid" not in client.get("/").cookies
    age(client, timedelta(minutes=30))
    assert "sessionid" not in client.get("/").cookies
    age(client, timedelta(minutes=10))
    assert "sessionid" in client.get("/").cookies


def test_cacheable_response_carries_no_session(user):
    client = sign_in(user)
    age(client, timedelta(hours=11))
    response = client.get("/jsi18n/en/")
    assert response["Cache-Control"] == "public, max-age=3600"
    assert "sessionid" not in response.cookies


def test_visitor_without_an_account_gets_no_session(client):
    client.get("/")
    assert Session.objects.count() == 0


def test_sign_out_everywhere_ends_every_session_of_the_user_and_of_nobody_else(user):
    here, elsewhere, other = sign_in(user), sign_in(user), sign_in(factories.user())
    sockets_session = elsewhere.session.session_key
    response = here.post("/accounts/sign-out-everywhere/", follow=True)
    assert "You are signed out on every device." in response.text
    user.refresh_from_db()
    assert not is_signed_in(user, sockets_session)
    assert [is_in(each) for each in (here, elsewhere, other)] == [False, False, True]


def test_user_can_sign_in_again_and_sign_out_everywhere_again(user):
    for _ in range(2):
        client = sign_in(user)
        assert is_in(client)
        client.post("/accounts/sign-out-everywhere/")
        assert not is_in(client)


def test_session_from_before_the_first_sign_out_everywhere_stays_valid(user):
    """The upgrade signs nobody out: a user who never used it has Django's own hash."""
    assert user.get_session_auth_hash() == super(type(user), user)._get_session_auth_hash()


def test_session_of_an_older_secret_key_ends_too(user, settings):
    client = sign_in(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer key"
    elsewhere = Client()
    elsewhere.cookies = client.cookies.copy()
    sign_in(user).post("/accounts/sign-out-everywhere/")
    assert not is_in(elsewhere)


def test_sign_out_everywhere_needs_a_post_and_a_sign_in(user, client):
    assert sign_in(user).get("/accounts/sign-out-everywhere/").status_code == 405
    assert client.post("/accounts/sign-out-everywhere/").url.startswith("/accounts/login/")


def test_password_page_offers_to_sign_out_everywhere(user):
    page = sign_in(user).get("/accounts/password/change/").text
    assert 'action="/accounts/sign-out-everywhere/"' in page


def test_privacy_page_says_when_a_sign_in_ends(client):
    assert "You are signed out after 12 hours without opening a page." in client.get("/privacy/").text
