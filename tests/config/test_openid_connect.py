"""OpenID Connect providers from environment variables."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import Env
from config.openid_connect import providers

KEYCLOAK = {
    "id": "keycloak",
    "name": "Keycloak",
    "issuer": "https://login.school.example/realms/school/",
    "client_id": "attune",
    "client_secret": "secret",
}


def apps(monkeypatch, *configured: dict) -> list[dict]:
    monkeypatch.setenv("OIDC_PROVIDERS", json.dumps(list(configured)))
    return providers(Env())["openid_connect"]["APPS"]


def test_none_by_default():
    assert providers(Env())["openid_connect"]["APPS"] == []


def test_list_of_providers(monkeypatch):
    [app] = apps(monkeypatch, {**KEYCLOAK, "domains": ["School.example"], "form_origins": ["https://sso.example"]})
    assert app == {
        "provider_id": "keycloak",
        "name": "Keycloak",
        "client_id": "attune",
        "secret": "secret",
        "settings": {
            "server_url": "https://login.school.example/realms/school",
            "issuer": "https://login.school.example/realms/school/",
            "domains": ["school.example"],
            "verified_email": False,
            "form_origins": ["https://login.school.example", "https://sso.example"],
        },
    }


def test_single_provider(monkeypatch):
    for name, value in {"ISSUER": "https://accounts.google.com", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(f"OIDC_{name}", value)
    [app] = providers(Env())["openid_connect"]["APPS"]
    assert (app["provider_id"], app["name"], app["client_id"]) == ("school", "School account", "c")


def test_domains_may_have_spaces_after_commas(monkeypatch):
    for name, value in {"ISSUER": "https://accounts.google.com", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(f"OIDC_{name}", value)
    monkeypatch.setenv("OIDC_DOMAINS", "school.example, Staff.school.example")
    [app] = providers(Env())["openid_connect"]["APPS"]
    assert app["settings"]["domains"] == ["school.example", "staff.school.example"]


@pytest.mark.parametrize(
    ("configured", "message"),
    [
        ([{**KEYCLOAK, "client_secret": ""}], r"keycloak: missing \['client_secret'\]"),
        ([{**KEYCLOAK, "domain": "school.example"}], r"unknown \['domain'\]"),
        ([{**KEYCLOAK, "issuer": "http://login.school.example"}], "does not begin with https://"),
        ([KEYCLOAK, KEYCLOAK], "the same id"),
        ([{**KEYCLOAK, "id": "our staff"}], "'our staff': the id takes letters, digits and hyphens"),
        ([{**KEYCLOAK, "client_id": 7}], "client_id, client_secret are texts"),
        ([{**KEYCLOAK, "confirms_addresses": "false"}], "keycloak: confirms_addresses is not true or false"),
        ([{**KEYCLOAK, "domains": "school.example"}], "keycloak: domains is not a list"),
    ],
)
def test_mistakes_are_named(monkeypatch, configured, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        apps(monkeypatch, *configured)


@pytest.mark.parametrize("text", ["{}", '["keycloak"]', '[{"id": "keycloak",'])
def test_anything_but_a_list_of_objects_is_an_error(monkeypatch, text):
    monkeypatch.setenv("OIDC_PROVIDERS", text)
    with pytest.raises(ImproperlyConfigured, match="not a JSON list"):
        providers(Env())
