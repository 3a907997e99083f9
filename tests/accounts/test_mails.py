import re

import pytest
from django.core import mail
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def sent_mail():
    [sent] = mail.outbox
    return sent.subject, re.sub(r"http://testserver\S+", "URL", sent.body)


def test_password_reset_mail_has_one_sentence_one_link_and_its_expiry(client):
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email})
    assert sent_mail() == (
        "Attune: reset your password",
        f"Choose a new password for {user.email} with this link, or ignore this e-mail if you did not ask for it:\n\n"
        "URL\n\n"
        "The link expires in 1 hour.",
    )


def test_password_reset_for_unknown_address_offers_sign_up(client):
    client.post("/accounts/password/reset/", {"email": "nobody@school.example"})
    assert sent_mail() == (
        "Attune: no account with this address",
        "Someone tried to reset the password for nobody@school.example, but no Attune account has this address; "
        "if it was you, create an account with this link:\n\n"
        "URL",
    )


@pytest.fixture
def verification(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


SIGN_UP = {"name": "Zoë", "password1": "quiet-river-41", "password2": "quiet-river-41"}


@pytest.mark.usefixtures("verification")
def test_confirmation_mail_says_what_to_confirm_and_when_the_link_expires(client):
    client.post("/accounts/signup/", {**SIGN_UP, "email": "zoe@school.example"})
    assert sent_mail() == (
        "Attune: confirm your e-mail address",
        "Confirm with this link that zoe@school.example is your address, or ignore this e-mail if you did not ask for "
        "it:\n\n"
        "URL\n\n"
        "The link expires in 1 hour.",
    )


@pytest.mark.usefixtures("verification")
def test_signing_up_with_a_known_address_sends_its_owner_a_mail(client):
    user = factories.user()
    client.post("/accounts/signup/", {**SIGN_UP, "email": user.email})
    assert sent_mail() == (
        "Attune: you already have an account",
        f"Someone tried to sign up with {user.email}, which already has an account; if it was you and you forgot your "
        "password, choose a new one with this link:\n\n"
        "URL",
    )


def test_links_in_mails_begin_with_the_site_s_url(client, settings):
    settings.SITE_URL = "https://attune.example:8443"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email})
    client.post("/accounts/password/reset/", {"email": "nobody@school.example"})
    client.post("/accounts/signup/", {**SIGN_UP, "email": "zoe@school.example"})
    Client().post("/accounts/signup/", {**SIGN_UP, "email": user.email})
    links = [re.findall(r"\S+://\S+", sent.body) for sent in mail.outbox]
    paths = [each.removeprefix("https://attune.example:8443/accounts/").split("/")[:2] for [each] in links]
    assert paths == [["password", "reset"], ["signup", ""], ["confirm-email", paths[2][1]], ["password", "reset"]]
