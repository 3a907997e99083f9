"""Finding out which e-mail addresses have an account, by what an answer says or what it costs."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db
NOBODY = "nobody@example.org"
PASSWORDS = {"password1": "quiet-river-41", "password2": "quiet-river-41"}


class CountingHasher(MD5PasswordHasher):
    computed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).computed += 1
        return super().encode(password, salt)


@pytest.fixture
def taken(settings):
    """The address of somebody who has signed up."""
    settings.PASSWORD_HASHERS = [f"{__name__}.{CountingHasher.__name__}"]
    return factories.user().email


def answer(path: str, fields: dict[str, str], address: str) -> dict[str, object]:
    before = CountingHasher.computed
    response = Client().post(path, fields)
    return {
        "status": response.status_code,
        "location": response.get("Location"),
        "cookies": sorted(response.cookies),
        "page": response.text.replace(address, "ADDRESS"),
        "hashes": CountingHasher.computed - before,
    }


def sign_up(address: str) -> dict[str, object]:
    return answer("/accounts/signup/", {"name": "Zoë", "email": address, **PASSWORDS}, address)


def test_sign_up_with_a_taken_address_is_answered_like_one_with_a_free_address(taken, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    free_answer, taken_answer = sign_up(NOBODY), sign_up(taken)
    assert taken_answer == free_answer
    assert (taken_answer["location"], taken_answer["hashes"]) == ("/accounts/confirm-email/", 1)
    assert [sent.to for sent in mail.outbox] == [[NOBODY], [taken]]
    assert User.objects.filter(email=taken).count() == 1


def test_sign_up_without_confirmed_addresses_tells_a_taken_address_and_why(taken):
    """Described in SECURITY.md: a new account is signed in at once, which a taken address cannot be."""
    assert "An account with this e-mail address already exists." in sign_up(taken)["page"]
    assert sign_up(NOBODY)["location"] == "/"


def test_sign_in_is_answered_alike_with_and_without_an_account(taken):
    answers = []
    for address in (taken, NOBODY):
        login = answer("/accounts/login/", {"login": address, "password": "wrong"}, address)
        # The page has a different token each time.
        assert "The e-mail address or the password is wrong." in login.pop("page")
        answers.append(login)
    assert answers[0] == answers[1]
    assert answers[0]["hashes"] == 1


def test_password_reset_is_answered_alike_with_and_without_an_account(taken):
    answers = [answer("/accounts/password/reset/", {"email": each}, each) for each in (taken, NOBODY)]
    assert answers[0] == answers[1]
    assert [sent.to for sent in mail.outbox] == [[taken], [NOBODY]]
