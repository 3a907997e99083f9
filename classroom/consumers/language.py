"""The language of a socket: that of the page which opened it. Sockets do not pass Django's LocaleMiddleware."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation


def language_of(scope: dict[str, Any]) -> str:
    """As LocaleMiddleware chooses it: by the language cookie, else by what the browser accepts."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    headers = dict(scope.get("headers", ()))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)
