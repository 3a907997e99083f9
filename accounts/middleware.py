from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from accounts.hashers import HashingBusy
from accounts.security_log import Event, record

RETRY_AFTER_S = 5


class NoStoreMiddleware(MiddlewareMixin):
    """Keep responses to signed-in users out of every cache, so that the next person on a shared machine finds none.

    A response that already has Cache-Control keeps it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Check only for the cookie: loading its user needs the database, which may be unavailable.
        if "Cache-Control" not in response and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = "private, no-store"
        return response


class SecurityLogMiddleware(MiddlewareMixin):
    """Record what a response alone shows, wherever it comes from: a download, or a request beyond a rate limit."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_export = response.status_code == 200 and response.get("Content-Disposition", "").startswith("attachment")
        if request.resolver_match and (is_export or response.status_code == 429):
            event = Event.DATA_EXPORTED if is_export else Event.RATE_LIMITED
            record(event, view=request.resolver_match.view_name, ids=request.resolver_match.kwargs)
        return response


class HashingBusyMiddleware(MiddlewareMixin):
    """Answer 503 with Retry-After if a password could not be hashed in time, on whatever page."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, HashingBusy):
            return None
        response = render(request, "503.html", {"wait": RETRY_AFTER_S}, status=503)
        response["Retry-After"] = str(RETRY_AFTER_S)
        response["Cache-Control"] = "no-store"
        return response
