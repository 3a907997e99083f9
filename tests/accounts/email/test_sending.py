import re
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from accounts.email.change import change_address
from accounts.invitations.lifecycle import invite, send_invitation
from accounts.sign_in.password_links import mail_password_link
from tests import factories
from tests.factories import PASSWORD
from tests.server import ROOT

pytestmark = pytest.mark.django_db
MAILS = ROOT / "templates" / "account" / "email"


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


@pytest.mark.parametrize("choice", ["invitation", "closed"])
def test_password_reset_for_unknown_address_offers_no_sign_up_that_is_closed(client, settings, choice):
    settings.SIGN_UP = choice
    client.post("/accounts/password/reset/", {"email": "nobody@school.example"})
    assert sent_mail() == (
        "Attune: no account with this address",
        "Someone tried to reset the password for nobody@school.example, but no Attune account has this address; "
        "if it was you, try another address, or ask your administrator for an account.",
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


CHANGED = (
    "Attune: your password was changed",
    "The Attune password for {} was just changed; if you did not do this, reset it with this link:\n\nURL",
)


def test_owner_is_told_when_they_have_changed_their_password(client):
    user = factories.user()
    client.force_login(user)
    new = "quiet-river-41"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert sent_mail() == (CHANGED[0], CHANGED[1].format(user.email))
    assert mail.outbox[0].to == [user.email]


@pytest.mark.any_database
def test_owner_is_told_when_a_link_has_changed_their_password(client):
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email})
    [link] = re.findall(r"http://testserver(\S+)", mail.outbox.pop().body)
    form = client.get(link, follow=True)
    new = {"password1": "quiet-river-41", "password2": "quiet-river-41"}
    assert client.post(form.redirect_chain[-1][0], new).url == "/accounts/password/reset/key/done/"
    assert sent_mail() == (CHANGED[0], CHANGED[1].format(user.email))


def test_password_changes_even_if_the_mail_cannot_be_sent(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    user = factories.user()
    client.force_login(user)
    new = "quiet-river-41"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)


def ask_for_new_password(client, settings):
    return client.post("/accounts/password/reset/", {"email": factories.user(name="Zoë").email})


def sign_up(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    return client.post("/accounts/signup/", {**SIGN_UP, "email": "zoe@school.example"})


def sign_in_unconfirmed(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    return client.post("/accounts/login/", {"login": factories.user().email, "password": PASSWORD})


def change_own_address(client, settings):
    settings.MAIL_IS_SENT = True
    client.force_login(factories.user())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client.post("/accounts/email/", {"email": "zoe@school.example"})


@pytest.mark.any_database
@pytest.mark.parametrize("act", [ask_for_new_password, sign_up, sign_in_unconfirmed, change_own_address])
def test_who_waits_for_a_mail_that_cannot_be_sent_is_told(client, settings, monkeypatch, caplog, act):
    def refuse(backend, messages):
        raise SMTPRecipientsRefused({address: (550, b"unknown") for each in messages for address in each.to})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    response = act(client, settings)
    assert (response.status_code, response["Retry-After"]) == (503, "180")
    assert "The mail server does not respond" in response.text
    assert "Try again in a few minutes." in response.text
    assert "SMTPRecipientsRefused" in caplog.text
    assert "@" not in caplog.text


def invite_zoe(user):
    fields = {"role": "student", "language": "en", "invited_by": None}
    now = timezone.now()
    send_invitation(invitation=invite(email="zoe@school.example", **fields, now=now), now=now)


@pytest.mark.parametrize(
    "send",
    [
        invite_zoe,
        mail_password_link,
        lambda user: change_address(user=user, address="new@school.example", is_confirmed=False),
        lambda user: get_adapter().send_notification_mail("account/email/password_changed", user),
    ],
)
def test_address_that_the_mail_server_refuses_is_not_in_the_log(monkeypatch, rf, caplog, send):
    def refuse(backend, messages):
        raise SMTPRecipientsRefused({address: (550, b"unknown") for each in messages for address in each.to})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    with request_context(rf.get("/")):
        send(factories.user())
    assert "SMTPRecipientsRefused" in caplog.text
    assert "@" not in caplog.text


# Mails with a link that expires, and others with and without a link.
EXPIRING = {"email_change", "email_confirmation", "invitation", "password_link", "password_reset_key"}
WITH_LINK = EXPIRING | {"account_already_exists", "password_changed", "sign_in_changed", "unknown_account"}
WITHOUT_LINK = {"account_deleted", "accounts_merged", "email_changed"}


def test_every_mail_is_known_here():
    found = {path.name.removesuffix("_message.txt") for path in MAILS.glob("*_message.txt")}
    assert found == WITH_LINK | WITHOUT_LINK
    assert found == {path.name.removesuffix("_subject.txt") for path in MAILS.glob("*_subject.txt")}


@pytest.mark.any_database
@pytest.mark.parametrize("hours", [1, 24])
@pytest.mark.parametrize(("language", "stop"), [("en", "."), ("hi", "।")])
@pytest.mark.parametrize("name", sorted(WITH_LINK | WITHOUT_LINK))
def test_mail_is_one_sentence_one_link_and_its_expiry(name, language, stop, hours, settings, rf):
    settings.MAIL_LINK_HOURS = hours
    links = ("activate", "confirm", "invitation", "password", "password_reset", "signup")
    urls = {f"{each}_url": "http://x.example/y/" for each in links} | {"days": hours}
    with translation.override(language), request_context(rf.get("/")):
        get_adapter().send_mail(f"account/email/{name}", "zoe@school.example", urls)
    [sent] = mail.outbox
    assert sent.subject.startswith("Attune: ")
    assert (sent.subject.isascii(), sent.body.isascii()) == (language == "en", language == "en")
    sentence, *rest = sent.body.split("\n\n")
    assert "zoe@school.example" in sentence
    assert sentence[-1] == (":" if name in WITH_LINK else stop)
    assert sentence.replace("school.example", "").count(stop) == (0 if name in WITH_LINK else 1)
    assert rest[:1] == (["http://testserver/y/"] if name in WITH_LINK else [])
    assert len(rest) == (name in WITH_LINK) + (name in EXPIRING)
    if name in EXPIRING:
        assert str(hours) in rest[1]


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
