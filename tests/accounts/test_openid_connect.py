"""Signing in with an account elsewhere, at a provider that this module runs."""

from urllib.parse import parse_qs, urlsplit

import environ
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts.models import User
from config import openid_connect
from tests import factories
from tests.factories import PASSWORD
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/oidc/school/login/"
ADDRESS = "zoe@school.example"


@pytest.fixture(scope="module")
def running_provider():
    provider = OpenIdProvider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider, monkeypatch, settings):
    """The provider, configured as by environment variables, which behaves well at the start of each test."""
    running_provider.signing_key = running_provider.key
    running_provider.claims = {"sub": "person-1", "email": ADDRESS, "email_verified": True, "name": "Zoë"}
    for name in ("changed_claims", "configuration", "userinfo", "answers", "silent_paths"):
        getattr(running_provider, name).clear()
    configure(settings, monkeypatch, running_provider)
    return running_provider


def configure(settings, monkeypatch, provider: OpenIdProvider, **variables: str) -> None:
    own = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
    for name, value in {**own, "OIDC_DOMAINS": "school.example", **variables}.items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect.providers(environ.Env())


def start(browser: Client, process: str = "login") -> str:
    """Press the button; return the provider's address with its query."""
    response = browser.post(f"{LOGIN}?process={process}")
    assert response.status_code == 302, response.content
    return response.url


def come_back(browser: Client, provider: OpenIdProvider, url: str):
    back = urlsplit(provider.authorize(url))
    return browser.get(f"{back.path}?{back.query}")


def sign_in(browser: Client, provider: OpenIdProvider):
    return come_back(browser, provider, start(browser))


def signed_in_as(browser: Client) -> str | None:
    response = browser.get("/accounts/")
    return response.context["user"].email if response.status_code == 200 else None


def nothing_written() -> bool:
    return not User.objects.exists() and not SocialAccount.objects.exists() and not EmailAddress.objects.exists()


# --- success


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
    """Somebody else may have chosen it, waiting for the owner of the address."""
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    sign_in(client, provider)
    assert signed_in_as(client) == ADDRESS
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize("verified", [False, "false", None, 1, "yes"])
def test_unconfirmed_address_neither_signs_in_nor_gets_an_account(client, provider, verified):
    provider.changed_claims["email_verified"] = verified
    response = sign_in(client, provider)
    assert response.status_code == 403
    assert "School account does not say that your e-mail address is confirmed." in response.content.decode()
    assert nothing_written()


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
    assert "Addresses such as zoe@school.example get no account here." in response.content.decode()
    assert nothing_written()


def test_without_domains_a_known_address_is_not_linked_by_itself(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_DOMAINS="")
    User.objects.create_user(ADDRESS, PASSWORD, name="Zoë")
    assert sign_in(client, provider).status_code == 403
    assert not SocialAccount.objects.exists()


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


# --- what a provider, or somebody in its place, may send

ELSEWHERE = "https://login.elsewhere.example"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"iss": ELSEWHERE},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 192},
    ],
    ids=lambda changed: ",".join(f"{name}={value}"[:30] for name, value in changed.items()),
)
def test_token_that_is_not_for_this_sign_in_is_refused(
    client, provider, changed, log, django_capture_on_commit_callbacks
):
    provider.changed_claims |= changed
    with django_capture_on_commit_callbacks(execute=True):
        response = sign_in(client, provider)
    assert response.status_code == 401
    assert "What School account sent back could not be verified." in response.content.decode()
    assert nothing_written()
    [line] = log.lines("provider_sign_in_failed")
    assert (line["provider"], line["reason"]) == ("school", "OAuth2Error")


def test_token_signed_with_another_key_is_refused(client, provider):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert sign_in(client, provider).status_code == 401
    assert nothing_written()


@pytest.mark.parametrize("id_token", ["", "no token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwZXJzb24tMSJ9."])
def test_answer_without_a_signed_token_is_refused(client, provider, id_token):
    body = f'{{"access_token": "access", "id_token": "{id_token}"}}'.encode()
    provider.answers["/token_endpoint"] = (200, body)
    assert sign_in(client, provider).status_code == 401
    assert nothing_written()


def test_user_information_about_somebody_else_is_refused(client, provider):
    provider.userinfo |= {**provider.claims, "sub": "person-2"}
    provider.claims = {"sub": "person-1"}
    assert sign_in(client, provider).status_code == 401
    assert nothing_written()


def test_state_counts_once(client, provider):
    url = start(client)
    assert come_back(client, provider, url).status_code == 302
    client.post("/accounts/logout/")
    assert come_back(client, provider, url).status_code == 401
    assert signed_in_as(client) is None


def test_state_of_another_browser_does_not_count(client, provider):
    assert come_back(Client(), provider, start(client)).status_code == 401
    assert nothing_written()


def test_state_counts_for_ten_minutes(client, provider, wall_clock):
    url = start(client)
    wall_clock.advance(601)
    assert come_back(client, provider, url).status_code == 401


def test_code_of_another_sign_in_does_not_count(client, provider):
    """The provider knows the code by the challenge of the browser that asked for it."""
    stolen = parse_qs(urlsplit(provider.authorize(start(Client()))).query)["code"][0]
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    assert client.get(f"{LOGIN}callback/?code={stolen}&state={state}").status_code == 401
    assert nothing_written()


def test_person_who_cancels_comes_back_to_a_page_that_says_so(client, provider):
    state = parse_qs(urlsplit(start(client)).query)["state"][0]
    response = client.get(f"{LOGIN}callback/?error=access_denied&state={state}", follow=True)
    assert "Signing in was cancelled" in response.content.decode()


# --- a provider that is away, slow or confused


def does_not_answer(response) -> bool:
    return response.status_code == 503 and "School account does not answer right now." in response.content.decode()


def test_provider_that_is_away_at_the_start(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_ISSUER="http://127.0.0.1:9")
    assert does_not_answer(client.post(LOGIN))


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token_endpoint", "/jwks_uri"])
def test_provider_that_fails_when_the_person_comes_back(client, provider, path):
    url = start(client)
    provider.answers[path] = (500, b"")
    response = come_back(client, provider, url)
    assert does_not_answer(response) or (path == "/token_endpoint" and response.status_code == 401)
    assert nothing_written()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token_endpoint", "/jwks_uri"])
def test_provider_that_never_answers_is_given_up(client, provider, settings, path):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.3
    url = start(client)
    provider.silent_paths.add(path)
    assert does_not_answer(come_back(client, provider, url))
    assert nothing_written()


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b'{"keys": 1}', b'{"keys": [{}]}'])
@pytest.mark.parametrize("path", ["/token_endpoint", "/jwks_uri"])
def test_answers_that_mean_nothing_are_refused(client, provider, path, body):
    provider.answers[path] = (200, body)
    assert sign_in(client, provider).status_code == 401
    assert nothing_written()


@pytest.mark.parametrize("changed", [{"issuer": ELSEWHERE}, {"token_endpoint": None}, {"jwks_uri": 7}])
def test_configuration_of_another_issuer_or_without_endpoints_is_refused(client, provider, changed):
    provider.configuration |= changed
    assert client.post(LOGIN).status_code == 401


def test_failed_starts_leave_no_session(client, provider, settings, monkeypatch):
    configure(settings, monkeypatch, provider, OIDC_ISSUER="http://127.0.0.1:9")
    client.post(LOGIN)
    assert not Session.objects.exists()


def test_unknown_provider_is_not_found(client, provider):
    assert client.post("/accounts/oidc/other/login/").status_code == 404


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
