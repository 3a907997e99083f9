"""Changing an account's address: what a thief of an open session, and a squatter, try."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.core import mail, signing
from django.test import Client

from accounts.email.change import SALT, address_in_link
from accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "new@school.example"
PASSWORDS = {"password1": "another-river-42", "password2": "another-river-42"}


@pytest.fixture
def user():
    return factories.user()


@pytest.fixture
def owner(user):
    """A browser whose user has just re-entered the password."""
    browser = Client()
    browser.force_login(user)
    browser.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return browser


@pytest.fixture
def _mails_are_sent(settings):
    settings.MAIL_IS_SENT = True


def address_of(user: User) -> str:
    return User.objects.get(pk=user.pk).email


def texts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def ask_for(browser: Client, address: str):
    return browser.post("/accounts/email/", {"email": address}, follow=True)


def link_in_mail() -> str:
    return re.search(r"http://testserver(/accounts/email/change/\S+)", mail.outbox[0].body)[1]


def may_sign_in(email: str, password: str = factories.PASSWORD) -> bool:
    return Client().post("/accounts/login/", {"login": email, "password": password}).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_open_session_alone_reaches_the_password_page_only(client, user, method):
    client.force_login(user)
    response = getattr(client, method)("/accounts/email/", {"email": NEW})
    assert response.url.startswith("/accounts/reauthenticate/?next=")
    client.post("/accounts/reauthenticate/", {"password": "a guess"})
    assert ask_for(client, NEW).request["PATH_INFO"] == "/accounts/reauthenticate/"
    assert (address_of(user), mail.outbox) == (user.email, [])


def test_address_changes_at_once_where_no_mail_is_sent_and_the_old_one_is_told(user, owner):
    assert texts(ask_for(owner, NEW.upper())) == [f"Your address is now {NEW}."]
    assert address_of(user) == NEW
    [notice] = mail.outbox
    assert (notice.subject, notice.to) == ("Attune: your e-mail address was changed", [user.email])
    assert notice.body == (
        f"Your Attune account now has another e-mail address, and you can no longer sign in with {user.email}; if you "
        "did not change it, tell the people who run the site at once."
    )
    assert (may_sign_in(NEW), may_sign_in(user.email)) == (True, False)


@pytest.mark.usefixtures("_mails_are_sent")
def test_address_changes_once_the_link_in_its_mail_is_opened_and_confirmed(user, owner):
    ask_for(owner, NEW)
    [request] = mail.outbox
    assert (request.subject, request.to) == ("Attune: confirm your new e-mail address", [NEW])
    assert re.sub(r"http://testserver\S+", "URL", request.body) == (
        f"Open this link to use {NEW} for your Attune account, or ignore this e-mail if you did not ask for it:\n\n"
        "URL\n\n"
        "The link expires in 1 hour."
    )
    assert NEW in owner.get(link_in_mail()).content.decode()
    assert address_of(user) == user.email
    assert texts(owner.post(link_in_mail(), follow=True))[-1] == f"Your address is now {NEW}."
    assert address_of(user) == NEW
    assert [each.to for each in mail.outbox] == [[NEW], [user.email]]
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]


@pytest.mark.usefixtures("_mails_are_sent")
def test_link_works_for_its_own_account_alone_and_once(client, user, owner):
    ask_for(owner, NEW)
    link = link_in_mail()
    assert client.post(link).url.startswith("/accounts/login/")
    other = factories.user()
    client.force_login(other)
    assert "This link does not work" in client.post(link).content.decode()
    assert (address_of(user), address_of(other)) == (user.email, other.email)
    owner.post(link)
    assert "This link does not work" in owner.post(link).content.decode()
    assert address_of(user) == NEW


def test_forged_link_does_not_work(user, owner):
    token = signing.dumps({"user": user.pk, "old": user.email, "new": NEW}, salt="another page's")
    assert "This link does not work" in owner.post(f"/accounts/email/change/{token}/").content.decode()
    assert address_of(user) == user.email


@pytest.mark.parametrize(("minutes", "address"), [(59, NEW), (61, None)])
def test_link_works_for_an_hour(user, monkeypatch, minutes, address):
    token = signing.dumps({"user": user.pk, "old": user.email, "new": NEW}, salt=SALT)
    now = time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + minutes * 60)
    assert address_in_link(token, user) == address


def test_taken_address_is_refused_with_a_sentence(user, owner):
    other = factories.user()
    page = ask_for(owner, other.email.title())
    assert (page.status_code, page.context["form"].errors) == (200, {"email": ["Another account has this address."]})
    assert (address_of(user), mail.outbox) == (user.email, [])


@pytest.mark.usefixtures("_mails_are_sent")
def test_address_that_was_taken_after_the_link_was_sent_is_refused_with_a_sentence(user, owner):
    ask_for(owner, NEW)
    User.objects.create_user(NEW, factories.PASSWORD, name="Its owner")
    response = owner.post(link_in_mail(), follow=True)
    assert (response.status_code, texts(response)[-1]) == (200, "Another account has this address.")
    assert address_of(user) == user.email


@pytest.mark.usefixtures("_mails_are_sent")
def test_address_that_somebody_asked_for_still_belongs_to_whoever_signs_up_with_it(client, owner):
    ask_for(owner, NEW)
    client.post("/accounts/signup/", {"name": "Its owner", "email": NEW, **PASSWORDS})
    assert User.objects.get(email=NEW).name == "Its owner"


@pytest.mark.usefixtures("_mails_are_sent")
def test_address_typed_by_mistake_receives_no_password_link(client, user, owner):
    ask_for(owner, NEW)
    client.post("/accounts/password/reset/", {"email": NEW})
    assert mail.outbox[-1].subject == "Attune: no account with this address"


def test_address_that_an_administrator_replaces_no_longer_signs_in_or_resets_the_password(client, owner):
    ask_for(owner, "first@school.example")
    user = User.objects.get(email="first@school.example")
    user.email = NEW
    user.save()
    assert (may_sign_in("first@school.example"), may_sign_in(NEW)) == (False, True)
    client.post("/accounts/password/reset/", {"email": "first@school.example"})
    assert mail.outbox[-1].subject == "Attune: no account with this address"


def test_two_accounts_cannot_differ_in_the_case_of_their_address_alone(client, user):
    User.objects.create_user("Ada@School.example", factories.PASSWORD, name="Ada")
    client.post("/accounts/signup/", {"name": "Not Ada", "email": "ada@school.example", **PASSWORDS})
    assert User.objects.get(email__iexact="ada@school.example").name == "Ada"
    assert may_sign_in("ADA@school.example")
