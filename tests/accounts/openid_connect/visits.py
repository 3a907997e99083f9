"""A browser's steps when its user signs in at the provider, for tests."""

from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from config import openid_connect
from config.env import Env
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider

LOGIN = "/accounts/oidc/school/login/"
ADDRESS = "zoe@school.example"


def configure(settings, monkeypatch, provider: OpenIdProvider, **variables: str) -> None:
    own = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
    for name, value in {**own, "OIDC_DOMAINS": "school.example", **variables}.items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect.providers(Env())


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
