"""Links in mails: nobody who finds an old one can use it."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail, signing

from tests import factories

pytestmark = pytest.mark.django_db
HOUR_S = 3600
FIELDS = {"password1": "another-river-42", "password2": "another-river-42"}


@pytest.fixture
def later(monkeypatch):
    """Make tokens and signatures read a clock that is this many seconds ahead."""

    def set_clock(seconds: float) -> None:
        real_time, read_now = time.time, PasswordResetTokenGenerator._now
        monkeypatch.setattr(signing.time, "time", lambda: real_time() + seconds)
        monkeypatch.setattr(
            PasswordResetTokenGenerator, "_now", lambda self: read_now(self) + timedelta(seconds=seconds)
        )

    return set_clock


def link_in_mail() -> str:
    return re.search(r"http://testserver(/accounts/\S+)", mail.outbox[-1].body)[1]


@pytest.mark.parametrize(("seconds", "works"), [(HOUR_S - 60, True), (HOUR_S + 60, False)], ids=["59 min", "61 min"])
def test_password_link_works_for_an_hour(client, later, seconds, works):
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email})
    later(seconds)
    page = client.get(link_in_mail(), follow=True)
    client.post(page.request["PATH_INFO"], FIELDS)
    user.refresh_from_db()
    assert user.check_password(FIELDS["password1"]) is works


def test_password_link_works_once(client):
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email})
    link = link_in_mail()
    client.post(client.get(link, follow=True).request["PATH_INFO"], FIELDS)
    client.logout()
    again = client.get(link, follow=True)
    assert again.context["token_fail"] is True


@pytest.mark.parametrize(("seconds", "works"), [(HOUR_S - 60, True), (HOUR_S + 60, False)], ids=["59 min", "61 min"])
def test_confirmation_link_works_for_an_hour(client, later, settings, seconds, works):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client.post("/accounts/signup/", {"name": "Zoë", "email": "zoe@school.example", **FIELDS})
    later(seconds)
    client.post(link_in_mail())
    assert EmailAddress.objects.get().verified is works
