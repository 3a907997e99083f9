"""Second factors: adding them, being asked for them, and what wrong codes cost."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.second_factors.requirement import has_second_factor
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def sign_in(client: Client, user):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def code_of(secret: str, *, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


@pytest.fixture
def signed_in(client, user):
    """A browser whose user has entered their password within the last minutes."""
    sign_in(client, user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def secret(signed_in, user, wall_clock):
    """The key of an app that the user has added."""
    secret = signed_in.get("/accounts/2fa/totp/activate/").context["form"].secret
    added = signed_in.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert added.url == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.fixture
def halfway(secret, user, wall_clock):
    """A browser that has sent the right password and is asked for a code."""
    wall_clock.advance(120)
    browser = Client()
    assert sign_in(browser, user).url == "/accounts/2fa/authenticate/"
    return browser


def answer(browser: Client, code: str):
    return browser.post("/accounts/2fa/authenticate/", {"code": code})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/accounts/").status_code == 200


def test_password_alone_does_not_sign_in_and_the_code_does(halfway, secret):
    assert not is_signed_in(halfway)
    answer(halfway, code_of(secret))
    assert is_signed_in(halfway)


def test_code_of_the_period_before_still_counts(halfway, secret):
    answer(halfway, code_of(secret, periods=-1))
    assert is_signed_in(halfway)


def test_code_signs_in_once_as_long_as_it_is_valid(halfway, secret, user, wall_clock):
    code = code_of(secret, periods=1)
    answer(halfway, code)
    wall_clock.advance(31)
    again = Client()
    sign_in(again, user)
    assert answer(again, code).context["form"].errors == {"code": ["Incorrect code."]}


@pytest.mark.services
def test_key_is_encrypted_in_the_database_and_not_shown_again(secret, signed_in):
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert stored.startswith("gAAAA")
    for page in ("/accounts/2fa/", "/accounts/2fa/totp/deactivate/", "/accounts/"):
        assert secret not in signed_in.get(page).content.decode()
    assert signed_in.get("/accounts/2fa/totp/activate/").status_code == 302


def sign_in_with_another_server_key(user, secret, settings, wall_clock, *, fallbacks: list[str]):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the server " * 3, fallbacks
    wall_clock.advance(120)
    browser = Client()
    sign_in(browser, user)
    return browser, answer(browser, code_of(secret))


def test_key_of_the_app_outlives_the_server_s_while_that_is_a_fallback(secret, user, settings, wall_clock):
    former = settings.SECRET_KEY
    browser, _answer = sign_in_with_another_server_key(user, secret, settings, wall_clock, fallbacks=[former])
    assert is_signed_in(browser)


def test_without_the_former_server_key_the_page_says_what_to_do(secret, user, settings, wall_clock):
    browser, refused = sign_in_with_another_server_key(user, secret, settings, wall_clock, fallbacks=[])
    assert refused.context["form"].errors["code"] == [
        "The server’s key has changed, so your code cannot be checked. Ask an administrator to help you."
    ]
    assert not is_signed_in(browser)
    browser.force_login(user)
    assert browser.get("/accounts/2fa/").status_code == 200


def test_wrong_codes_make_the_account_wait_from_whatever_address(halfway, secret, user):
    for _ in range(5):
        assert answer(halfway, "000000").context["form"].errors == {"code": ["Incorrect code."]}
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(elsewhere, user)
    assert answer(elsewhere, code_of(secret)).context["form"].errors == {
        "code": ["Too many failed attempts. Try again in 10 seconds."]
    }
    assert not is_signed_in(elsewhere)


def test_wait_ends_by_itself_and_a_right_code_ends_the_series(halfway, secret, wall_clock):
    for _ in range(5):
        answer(halfway, "000000")
    wall_clock.advance(31)
    answer(halfway, code_of(secret))
    assert is_signed_in(halfway)


def test_wrong_codes_do_not_make_the_password_wait(halfway, user):
    for _ in range(6):
        answer(halfway, "000000")
    assert sign_in(Client(), user).url == "/accounts/2fa/authenticate/"


def test_codes_asked_again_are_slowed_down_too(signed_in, secret, user, wall_clock):
    wall_clock.advance(120)
    for _ in range(5):
        signed_in.post("/accounts/2fa/reauthenticate/", {"code": "000000"})
    refused = signed_in.post("/accounts/2fa/reauthenticate/", {"code": code_of(secret)})
    assert refused.context["form"].errors == {"code": ["Too many failed attempts. Try again in 10 seconds."]}


def test_recovery_codes_are_shown_once_and_each_signs_in_once(signed_in, secret, user, wall_clock):
    codes = signed_in.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    assert codes[0] not in signed_in.get("/accounts/2fa/recovery-codes/").content.decode()
    for expected in (True, False):
        browser = Client()
        sign_in(browser, user)
        answer(browser, codes[0])
        assert is_signed_in(browser) is expected


@pytest.mark.services
def test_removing_the_app_ends_the_question_and_the_recovery_codes(signed_in, secret, user):
    signed_in.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    browser = Client()
    sign_in(browser, user)
    assert is_signed_in(browser)


def test_adding_a_factor_asks_for_the_password_first(client, user):
    client.force_login(user)
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")


@pytest.mark.usefixtures("secret")
def test_owner_is_told_by_mail(user, signed_in):
    mail.outbox.clear()
    signed_in.post("/accounts/2fa/totp/deactivate/")
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([user.email], "Attune: how you sign in has changed")
    assert f"address {user.email} has changed (the authenticator app was removed); if it was not you" in sent.body


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_log_has_each_change_and_each_wrong_code(signed_in, secret, user, log, wall_clock):
    wall_clock.advance(120)
    browser = Client()
    sign_in(browser, user)
    answer(browser, "000000")
    signed_in.post("/accounts/2fa/recovery-codes/generate/")
    code = signed_in.get("/accounts/2fa/recovery-codes/").context["unused_codes"][0]
    answer(browser, code)
    signed_in.post("/accounts/2fa/totp/deactivate/")
    assert [line["event"] for line in log.lines()] == [
        "second_factor_failed",
        "recovery_codes_changed",
        "recovery_code_used",
        "sign_in",
        "second_factor_removed",
        "second_factor_removed",
    ]
    [failed] = log.lines("second_factor_failed")
    assert (failed["actor"], failed["subject"]) == (None, user.pk)
    assert [line["type"] for line in log.lines("second_factor_removed")] == ["totp", "recovery_codes"]


def test_administrator_resets_the_factors_of_somebody_who_has_lost_theirs(secret, user, log, admin_client):
    form = {"action": "remove_second_factors", "_selected_action": [user.pk]}
    page = admin_client.post("/admin/accounts/user/", form, follow=True)
    assert "1 person now signs in without a second factor." in page.content.decode()
    assert not has_second_factor(user)


def test_qr_code_is_an_image_of_its_own(signed_in):
    page = signed_in.get("/accounts/2fa/totp/activate/")
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page.context["totp_svg"]
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()


def test_page_that_asks_for_the_code_offers_a_passkey_only_to_who_has_one(halfway):
    assert "Use a passkey" not in halfway.get("/accounts/2fa/authenticate/").content.decode()


def test_command_removes_the_factors_of_somebody_who_has_lost_theirs(secret, user):
    call_command("remove_second_factors", user.email.upper())
    assert not has_second_factor(user)


def test_command_names_an_address_that_nobody_has():
    with pytest.raises(CommandError, match=r"No account has the address nobody@school\.example\."):
        call_command("remove_second_factors", "nobody@school.example")
