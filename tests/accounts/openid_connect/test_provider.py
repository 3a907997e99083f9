"""Signing in with the account of a provider that the tests run: who may, and as whom."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client

from accounts.models import LtiAccount, User
from tests import factories
from tests.accounts.openid_connect.visits import (
    ADDRESS,
    LOGIN,
    come_back,
    configure,
    nothing_written,
    sign_in,
    signed_in_as,
    start,
)
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


# --- success


@pytest.mark.services
def test_new_person_becomes_a_student_with_a_confirmed_address(client, provider):
    sign_in(client, provider)
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.has_usable_password()) == (ADDRESS, "Zoë", "student", False)
    assert EmailAddress.objects.get().verified
    assert signed_in_as(client) == ADDRESS


def test_the_provider_cannot_give_a_role(client, provider):
    provider.claims |= {"role": "administrator", "roles": ["administrator"], "is_staff": True}
    sign_in(client, provider)
    assert User.objects.get().role == "student"


@pytest.mark.services
def test_same_person_signs_in_again_and_nothing_of_them_but_the_address_is_stored(client, provider):
    sign_in(client, provider)
    provider.claims["email"] = "renamed@school.example"
    again = Client()
    sign_in(again, provider)
    assert signed_in_as(again) == ADDRESS
    assert SocialAccount.objects.get().extra_data == {"email": "renamed@school.example"}
    assert not SocialToken.objects.exists()


def test_request_has_a_state_a_nonce_and_a_challenge_each_time_others(client, provider):
    queries = [parse_qs(urlsplit(start(client)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]


def test_address_is_asked_for_where_the_token_lacks_it(client, provider):
    provider.userinfo |= provider.claims
    provider.claims = {"sub": "person-1"}
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS


def test_second_factor_is_asked_for_after_the_provider(client, provider):
    sign_in(client, provider)
    user = User.objects.get()
    user.authenticator_set.create(type="totp", data={"secret": "never read here"})
    again = Client()
    assert sign_in(again, provider).url == "/accounts/2fa/authenticate/"
    assert signed_in_as(again) is None


# --- linking


def test_confirmed_address_of_an_allowed_domain_signs_its_account_in(client, provider, log):
    teacher = User.objects.create_user(ADDRESS, PASSWORD, name="Zoë", role="teacher")
    EmailAddress.objects.create(user=teacher, email=ADDRESS, verified=True, primary=True)
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS
    teacher.refresh_from_db()
    assert (teacher.role, teacher.check_password(PASSWORD)) == ("teacher", True)
    assert [each.subject for each in mail.outbox] == ["Attune: how you sign in has changed"]


def test_password_of_an_address_that_nobody_had_confirmed_ends(client, provider):
    """Somebody else may have chosen it and be waiting for the owner of the address."""
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS
    assert not User.objects.get().has_usable_password()


@pytest.mark.services
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_account_that_somebody_linked_before_the_address_was_confirmed_no_longer_signs_in(
    client, provider, is_confirmed
):
    user = User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    SocialAccount.objects.create(user=user, provider="school", uid="somebody else")
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=is_confirmed, primary=True)
    sign_in(client, provider)
    linked = ["person-1", "somebody else"] if is_confirmed else ["person-1"]
    assert sorted(SocialAccount.objects.values_list("uid", flat=True)) == linked
    assert signed_in_as(client) == ADDRESS


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_owner_of_an_address_takes_over_the_account_that_a_learning_platform_made_with_it(
    client, provider, is_confirmed
):
    user = User.objects.create_user(ADDRESS, None, name="Zoë")
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=is_confirmed, primary=True)
    LtiAccount.objects.create(
        user=user, organisation=user.organisation, issuer="https://lms.example", subject="x", began_account=True
    )
    program = Client(headers={"Authorization": f"Bearer {factories.api_token(user)}"})
    other = Client()
    other.force_login(user)
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS
    assert signed_in_as(other) == (ADDRESS if is_confirmed else None)
    assert LtiAccount.objects.exists() is is_confirmed
    assert program.get("/api/v1/courses/").status_code == (200 if is_confirmed else 401)


def test_address_that_would_request_the_provider_endlessly_is_refused(client, provider, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"provider_sign_in": "2/m/ip"}
    assert [client.post(f"{LOGIN}?process=login").status_code for _ in range(3)] == [302, 302, 429]


@pytest.mark.parametrize("verified", [False, "false", None, 1, "yes"])
def test_unconfirmed_address_neither_signs_in_nor_gets_an_account(client, provider, verified):
    provider.changed_claims["email_verified"] = verified
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert "School account does not say that your e-mail address is confirmed." in response.content.decode()
    assert nothing_written()


@pytest.mark.services
def test_unconfirmed_address_of_an_account_leads_to_nobody_s_account(client, provider):
    provider.changed_claims["email_verified"] = False
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    assert sign_in(client, provider).status_code == 403
    assert (signed_in_as(client), SocialAccount.objects.count()) == (None, 0)


def test_other_domain_is_not_linked_by_address(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_DOMAINS="other.example")
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert f"There is already an account with the address {ADDRESS}." in response.content.decode()
    assert (signed_in_as(client), SocialAccount.objects.count()) == (None, 0)


def test_other_domain_gets_no_account(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_DOMAINS="other.example")
    response = sign_in(client, provider)
    assert "cannot create an account this way with an address such as zoe@school.example" in response.content.decode()
    assert nothing_written()


def test_without_domains_a_known_address_is_not_linked_by_itself(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_DOMAINS="")
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    assert sign_in(client, provider).status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.services
def test_signed_in_person_links_the_account_and_it_signs_them_in_afterwards(client, provider):
    provider.changed_claims["email_verified"] = False
    user = factories.user("teacher")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    come_back(client, provider, start(client, "connect"))
    again = Client()
    sign_in(again, provider)
    assert signed_in_as(again) == user.email
    assert "Unlink" in client.get("/accounts/3rdparty/").content.decode()
    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_account_of_a_provider_that_is_no_longer_configured_can_be_unlinked(client):
    user = factories.user()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    linked = SocialAccount.objects.create(user=user, provider="former", uid="person-1")
    page = client.get("/accounts/3rdparty/").text
    assert "<strong>former</strong>" in page
    assert 'Unlink<span class="visually-hidden"> former' in page
    assert client.post("/accounts/3rdparty/", {"account": linked.pk}).status_code == 302
    assert not SocialAccount.objects.exists()


def test_provider_that_confirms_every_address_need_not_say_so(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_CONFIRMS_ADDRESSES="1")
    provider.changed_claims["email_verified"] = None
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS


# --- sign-up as it is set


@pytest.mark.parametrize("choice", ["closed", "join_code", "invitation"])
def test_new_person_gets_no_account_where_sign_up_is_not_open(client, provider, settings, choice):
    settings.SIGN_UP = choice
    sign_in(client, provider)
    assert nothing_written()


def test_new_person_with_a_join_code_gets_one(client, provider, settings):
    settings.SIGN_UP = "join_code"
    client.post(f"/courses/join/?code={factories.course().join_code}", {"then": "login"})
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS


# --- the pages


def form_action(response) -> str:
    [directive] = [each for each in response["Content-Security-Policy"].split("; ") if each.startswith("form-action")]
    return directive


def test_sign_in_page_offers_the_provider_and_its_policy_lets_the_form_lead_there(client, provider):
    page = client.get("/accounts/login/")
    assert "Sign in with School account" in page.content.decode()
    assert form_action(page) == f"form-action 'self' {provider.issuer}"


@pytest.mark.usefixtures("provider")
def test_other_pages_keep_the_strict_policy(client):
    for path in ("/", "/accounts/signup/", "/privacy/"):
        assert form_action(client.get(path)) == "form-action 'self'"


def test_without_providers_the_sign_in_page_has_the_strict_policy_and_no_button(client):
    page = client.get("/accounts/login/")
    assert form_action(page) == "form-action 'self'"
    assert "/oidc/" not in page.content.decode()
