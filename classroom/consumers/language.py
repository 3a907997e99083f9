"""The language of a socket: that of the page that opened it. Sockets do not pass through Django's LocaleMiddleware."""

from typing import Any

from django.http import HttpRequest
from django.utils import translation


def language_from_scope(scope: dict[str, Any]) -> str:
    """Choose the language as LocaleMiddleware does: from the language cookie, or else from Accept-Language."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    headers = dict(scope.get("headers", ()))
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)
