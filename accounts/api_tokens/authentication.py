from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.api_tokens.lifecycle import usable_token
from accounts.models import ApiToken, User
from accounts.time_zones import zone_of

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` (RFC 6750). A request with a token never falls back to the browser's session."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = usable_token(text.strip(), now=timezone.now())
        if token is None:
            raise AuthenticationFailed("The token is unknown, has expired or was revoked.")
        timezone.activate(zone_of(token.user))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="Attune"'
