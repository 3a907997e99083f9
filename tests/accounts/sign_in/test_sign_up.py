"""SIGN_UP decides who may create an account."""

import pytest

from accounts.models import DEFAULT_ORGANISATION, User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

FORM = {"name": "Zoë", "email": "zoe@school.example", "password1": "quiet-river-41", "password2": "quiet-river-41"}


def signs_up(client) -> bool:
    client.post("/accounts/signup/", FORM)
    return User.objects.filter(email=FORM["email"]).exists()


def test_anybody_signs_up_by_default(client):
    assert signs_up(client)


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ("join_code", "You need the join code of a course."),
        ("invitation", "Accounts are by invitation."),
        ("closed", "Ask your administrator for an account."),
    ],
)
def test_nobody_signs_up_by_the_form_alone(client, settings, choice, text):
    settings.SIGN_UP = choice
    assert text in client.get("/accounts/signup/").content.decode()
    assert not signs_up(client)


def decide_to_join(client, code: str) -> None:
    client.post(f"/courses/join/?code={code}", {"then": "signup"})


def test_join_code_opens_the_form_and_leads_into_the_course(client, settings):
    settings.SIGN_UP = "join_code"
    course = factories.course()
    decide_to_join(client, course.join_code)
    assert signs_up(client)


@pytest.mark.parametrize("choice", ["open", "join_code"])
def test_account_belongs_to_the_school_of_the_join_code(client, settings, choice):
    settings.SIGN_UP = choice
    course = factories.course(organisation=factories.organisation())
    decide_to_join(client, course.join_code)
    assert signs_up(client)
    assert User.objects.get(email=FORM["email"]).organisation == course.organisation


def test_account_without_a_join_code_belongs_to_the_first_school(client):
    factories.organisation()
    assert signs_up(client)
    assert User.objects.get(email=FORM["email"]).organisation_id == DEFAULT_ORGANISATION


def test_wrong_join_code_opens_nothing(client, settings):
    settings.SIGN_UP = "join_code"
    decide_to_join(client, "WRONG-CODE")
    assert not signs_up(client)


def test_join_code_opens_the_form_for_a_quarter_of_an_hour(client, settings, wall_clock):
    settings.SIGN_UP = "join_code"
    decide_to_join(client, factories.course().join_code)
    wall_clock.advance(15 * 60)
    assert not signs_up(client)


@pytest.mark.parametrize("choice", ["invitation", "closed"])
def test_join_code_opens_nothing_where_accounts_are_not_for_the_taking(client, settings, choice):
    settings.SIGN_UP = choice
    decide_to_join(client, factories.course().join_code)
    assert not signs_up(client)


@pytest.mark.parametrize(
    ("choice", "offers"), [("open", True), ("join_code", True), ("invitation", False), ("closed", False)]
)
@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_pages_offer_an_account_only_where_one_can_be_made(client, settings, choice, offers, path):
    settings.SIGN_UP = choice
    assert ("Create an account" in client.get(path).content.decode()) is offers
