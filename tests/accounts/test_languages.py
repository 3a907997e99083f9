"""The language that is stored with an account and applies after signing in."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return factories.user()


def sign_in(user) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def test_language_switch_stores_the_choice_of_a_signed_in_user(client, user):
    client.force_login(user)
    client.post("/language/", {"language": "hi", "next": "/"})
    user.refresh_from_db()
    assert (user.language, client.cookies["django_language"].value) == ("hi", "hi")


@pytest.mark.parametrize("language", ["", "xx", "hi'", "h" * 1000])
def test_language_switch_stores_no_unknown_language(client, user, language):
    client.force_login(user)
    client.post("/language/", {"language": language, "next": "/"})
    user.refresh_from_db()
    assert user.language == ""


def test_visitors_choice_is_a_cookie_alone(client, user):
    client.post("/language/", {"language": "hi", "next": "/"})
    assert client.cookies["django_language"].value == "hi"
    assert not User.objects.exclude(language="").exists()


def test_stored_language_is_used_after_signing_in_with_another_browser(user):
    User.objects.filter(pk=user.pk).update(language="hi")
    assert '<html lang="hi"' in sign_in(user).get("/").content.decode()


def test_without_a_stored_language_signing_in_keeps_that_of_the_browser(user):
    client = sign_in(user)
    assert "django_language" not in client.cookies
    assert '<html lang="hi"' in client.get("/", headers={"Accept-Language": "hi"}).content.decode()


def test_mails_are_in_the_language_of_the_account(client, user):
    User.objects.filter(pk=user.pk).update(language="hi")
    client.post("/accounts/password/reset/", {"email": user.email})
    assert [sent.subject for sent in mail.outbox] == ["Attune: अपना पासवर्ड बदलें"]
    client.cookies["django_language"] = "hi"
    other = factories.user(language="en")
    client.post("/accounts/password/reset/", {"email": other.email})
    assert mail.outbox[-1].subject == "Attune: reset your password"


def test_mails_to_addresses_without_an_account_are_in_the_language_of_the_request(client):
    client.cookies["django_language"] = "hi"
    client.post("/accounts/password/reset/", {"email": "nobody@school.example"})
    assert mail.outbox[-1].subject == "Attune: इस पते का कोई खाता नहीं है"
