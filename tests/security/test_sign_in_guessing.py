"""Guessing a password, and locking others out by failing to sign in as them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from tests import factories
from tests.factories import PASSWORD

# A ten-second wait must not end because the machine is slow.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wall_clock")]
STRANGER, OWNER = "203.0.113.7", "198.51.100.4"
WRONG = "a wrong guess"


def try_password(email: str, password: str = WRONG, *, address: str = STRANGER, client=None, **headers):
    fields = {"login": email, "password": password}
    return (client or Client()).post("/accounts/login/", fields, REMOTE_ADDR=address, **headers)


def signs_in(*args, **kwargs) -> bool:
    return try_password(*args, **kwargs).status_code == 302


@pytest.fixture
def user():
    return factories.user()


@pytest.fixture
def browser_of_owner(user):
    client = Client()
    assert signs_in(user.email, PASSWORD, client=client)
    client.post("/accounts/logout/")
    return client


def guess(email: str, times: int, **options) -> None:
    for _ in range(times):
        assert not signs_in(email, **options)


def test_sixth_guess_from_a_network_is_not_checked_and_says_how_long_to_wait(user):
    guess(user.email, 5)
    response = try_password(user.email, PASSWORD, address="203.0.113.99")
    assert response.status_code == 200
    assert "Too many failed attempts. Try again in 10 seconds." in response.text


def test_wait_is_said_in_the_reader_s_language(user):
    guess(user.email, 5)
    response = try_password(user.email, headers={"Accept-Language": "hi"})
    assert "बहुत बार गलत कोशिश हुई। 10 सेकंड बाद फिर कोशिश करें।" in response.text


def test_wait_of_minutes_is_said_in_minutes(user, wall_clock):
    for wait in (0, 0, 0, 0, 10, 20, 40, 80):
        guess(user.email, 1)
        wall_clock.advance(wait)
    guess(user.email, 1)
    assert "Try again in 3 minutes." in try_password(user.email).text


def test_right_password_after_the_wait_signs_in_and_forgets_the_failures(user, wall_clock):
    guess(user.email, 5)
    wall_clock.advance(10)
    assert signs_in(user.email, PASSWORD)
    guess(user.email, 4)
    assert signs_in(user.email, PASSWORD)


def test_attempts_during_the_wait_do_not_lengthen_it(user):
    guess(user.email, 30)
    assert "Try again in 10 seconds." in try_password(user.email).text


def test_owner_signs_in_from_elsewhere_while_a_stranger_guesses(user):
    guess(user.email, 30)
    assert signs_in(user.email, PASSWORD, address=OWNER)


def test_owner_s_browser_signs_in_while_someone_on_the_same_network_guesses(user, browser_of_owner):
    guess(user.email, 30)
    assert signs_in(user.email, PASSWORD, client=browser_of_owner)


def test_known_browser_has_to_wait_for_its_own_failures(user, browser_of_owner):
    guess(user.email, 5, client=browser_of_owner)
    assert not signs_in(user.email, PASSWORD, client=browser_of_owner)
    assert signs_in(user.email, PASSWORD)


def test_browser_known_to_another_account_is_no_exception(user):
    attacker, client = factories.user(), Client()
    assert signs_in(attacker.email, PASSWORD, client=client)
    client.post("/accounts/logout/")
    guess(user.email, 5, client=client)
    assert not signs_in(user.email, PASSWORD, client=client)


def test_failures_at_many_accounts_refuse_no_right_password_from_the_same_address():
    people = [factories.user() for _ in range(40)]
    for number in range(210):
        guess(people[number % 39].email, 1)
    assert signs_in(people[39].email, PASSWORD)


def test_forty_people_sign_in_from_one_address():
    people = [factories.user() for _ in range(40)]
    assert [signs_in(each.email, PASSWORD) for each in people] == [True] * 40


@pytest.mark.parametrize("field", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_address_that_a_visitor_claims_is_not_a_new_network(user, field):
    for number in range(5):
        guess(user.email, 1, headers={field: f"192.0.2.{number}"})
    assert not signs_in(user.email, PASSWORD, headers={field: "192.0.3.1"})


def test_behind_a_proxy_networks_are_those_that_the_proxy_names(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(5):
        guess(user.email, 1, headers={"X-Forwarded-For": f"192.0.{number}.1, {STRANGER}"})
    assert not signs_in(user.email, PASSWORD, headers={"X-Forwarded-For": STRANGER})
    assert signs_in(user.email, PASSWORD, headers={"X-Forwarded-For": OWNER})


def test_wait_does_not_tell_which_addresses_have_an_account(user):
    answers = []
    for email in (user.email, "nobody@example.org"):
        guess(email, 5)
        answers.append(try_password(email).context["form"].non_field_errors())
    assert answers == [["Too many failed attempts. Try again in 10 seconds."]] * 2


def test_person_who_resets_the_password_signs_in_without_wait(user):
    guess(user.email, 30)
    client = Client()
    client.post("/accounts/password/reset/", {"email": user.email}, REMOTE_ADDR=STRANGER)
    link = next(word for word in mail.outbox[0].body.split() if "/reset/key/" in word)
    page = client.get(link, follow=True, REMOTE_ADDR=STRANGER).request["PATH_INFO"]
    new = {"password1": "another-river-42", "password2": "another-river-42"}
    client.post(page, new, REMOTE_ADDR=STRANGER)
    assert signs_in(user.email, "another-river-42")


class HeldHasher(MD5PasswordHasher):
    """Does not check the correct password until the test lets it."""

    started, go = threading.Event(), threading.Event()

    def verify(self, password: str, encoded: str) -> bool:
        if password == PASSWORD:
            self.started.set()
            assert self.go.wait(120)
        return super().verify(password, encoded)


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_together_are_no_more_than_one_after_the_other(user, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.{HeldHasher.__name__}"]
    with ThreadPoolExecutor(1) as threads:
        right_guess = threads.submit(try_password, user.email, PASSWORD)
        assert HeldHasher.started.wait(120)
        guess(user.email, 5)
        HeldHasher.go.set()
        assert "Too many failed attempts." in right_guess.result(120).text
