"""Verifies what a provider sends back.

django-allauth sends no nonce and does not verify the signature of an ID token that it fetched itself. An answer that it
does not expect ends in a server error.
"""

from collections.abc import Callable
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

# Only algorithms with public keys: with a shared secret, anybody who knows it could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED_CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nonce"]
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# The clocks of two servers differ a little.
LEEWAY_S = 30
MAX_SUBJECT_LENGTH = 191


class VerifyingAdapter(OpenIDConnectOAuth2Adapter):
    # The nonce of the sign-in in progress.
    nonce: str = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Raises OAuth2Error if the configuration lacks an endpoint or names another issuer, or RequestException."""
        config = super().openid_config
        if not isinstance(config, dict) or not all(isinstance(config.get(name), str) for name in ENDPOINTS):
            raise OAuth2Error("the provider's configuration lacks an endpoint")
        if config.get("issuer") != self.get_provider().app.settings["issuer"]:
            raise OAuth2Error(f"the provider's configuration names another issuer: {config.get('issuer')}")
        return config

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return _or_oauth2_error(lambda: super(VerifyingAdapter, self).get_access_token_data(*args, **kwargs))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        claims = self._decode_id_token(app, str(kwargs["response"].get("id_token", "")))
        if "email" not in claims and "userinfo_endpoint" in self.openid_config:
            userinfo = _or_oauth2_error(lambda: dict(self._fetch_user_info(token.token)))
            if userinfo.get("sub") != claims["sub"]:
                raise OAuth2Error("the user information is about somebody else")
            claims = {**userinfo, **claims}
        texts = {name: claims.get(name) for name in ("email", "name") if isinstance(claims.get(name), str)}
        known = {"sub": claims["sub"], "email_verified": claims.get("email_verified"), **texts}
        return self.get_provider().sociallogin_from_response(request, {"id_token": known})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Return the claims of a token that this provider signed for us, for this sign-in, and that has not expired."""
        try:
            claims = jwt.decode(
                id_token,
                key=self._key_of(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.get_provider().app.settings["issuer"],
                leeway=LEEWAY_S,
                options={"require": REQUIRED_CLAIMS},
            )
        except (jwt.PyJWTError, TypeError) as error:  # TypeError: the key is not of the algorithm's kind
            raise OAuth2Error(f"the ID token is not valid: {error}") from error
        if not self.nonce or not constant_time_compare(str(claims["nonce"]), self.nonce):
            raise OAuth2Error("the ID token belongs to another sign-in")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the ID token was made for another client")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= MAX_SUBJECT_LENGTH:
            raise OAuth2Error("the ID token names nobody")
        return claims

    def _key_of(self, id_token: str) -> Any:
        """Fetch the provider's keys for each sign-in, because the provider may change them at any time."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        key_set = _or_oauth2_error(lambda: jwt.PyJWKSet.from_dict(response.json()))
        key_id = jwt.get_unverified_header(id_token).get("kid")
        keys = [key for key in key_set.keys if key_id is None or key.key_id == key_id]
        if len(keys) != 1:
            raise OAuth2Error(f"the provider has {len(keys)} keys for the ID token")
        return keys[0].key


def _or_oauth2_error(read: Callable[[], Any]) -> Any:
    """Read an answer of the provider. Raises OAuth2Error if it is malformed."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError, jwt.PyJWTError) as error:
        raise OAuth2Error(f"the provider's answer cannot be read: {error!r}") from error
