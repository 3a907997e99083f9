"""The configured providers, as django-allauth asks for them."""

import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from accounts.openid_connect.tokens import VerifyingAdapter


class ConfiguredProvider(OpenIDConnectProvider):
    oauth2_adapter_class = VerifyingAdapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Send the browser to the provider with a nonce, which must come back in the ID token."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or {}), "nonce": nonce}
        try:
            return super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        except (RequestException, OAuth2Error) as error:
            return render_authentication_error(request, self, exception=error)

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Some providers send email_verified as text, and "false" would count as true."""
        claims = data["id_token"]
        if not claims.get("email"):
            return []
        verified = claims.get("email_verified") is True or claims.get("email_verified") == "true"
        return [EmailAddress(email=claims["email"], verified=verified, primary=True)]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Store nothing about a person except the address, by which they recognise the account."""
        return {"email": data["id_token"].get("email", "")}
