"""Anything that a provider, or an impostor, may send: none of it signs anybody in or leaves anything half-written."""

from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.models import Session
from django.test import Client

from tests.accounts.openid_connect.visits import (
    LOGIN,
    come_back,
    configure,
    nothing_written,
    sign_in,
    signed_in_as,
    start,
)
from tests.openid_provider import CLIENT_ID
from tests.signing_keys import rsa_key

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


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
    provider.signing_key = rsa_key("another")
    assert sign_in(client, provider).status_code == 401
    assert nothing_written()


OTHER_KIND_OF_KEY = jwt.encode({}, ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": "key-1"})


@pytest.mark.parametrize(
    "id_token", ["", "no token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwZXJzb24tMSJ9.", OTHER_KIND_OF_KEY]
)
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


def test_provider_that_is_unavailable_at_the_start(client, provider, settings, monkeypatch):
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
