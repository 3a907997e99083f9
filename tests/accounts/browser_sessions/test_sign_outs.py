import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.browser_sessions.sign_outs import is_signed_in
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return factories.user()


@pytest.fixture
def session_key(user):
    client = Client()
    client.force_login(user)
    return client.session.session_key


def test_user_with_a_session_is_signed_in(user, session_key, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert is_signed_in(user, session_key)


def test_session_of_another_user_is_no_sign_in(session_key):
    assert not is_signed_in(factories.user(), session_key)


@pytest.mark.parametrize("key", [None, "", "0123456789abcdefghijklmnopqrstuv"])
def test_unknown_session_is_no_sign_in(user, key):
    assert not is_signed_in(user, key)


def test_deleted_session_is_no_sign_in(user, session_key):
    Session.objects.all().delete()
    assert not is_signed_in(user, session_key)


def test_changed_password_ends_a_sign_in_and_leaves_its_session_to_the_next_request(user, session_key):
    user.set_password("another long password")
    assert not is_signed_in(user, session_key)
    assert Session.objects.filter(session_key=session_key).exists()


def test_sign_in_made_with_an_earlier_secret_key_holds(user, session_key, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"
    assert is_signed_in(user, session_key)
