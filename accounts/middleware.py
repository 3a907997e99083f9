from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin


class NoStoreMiddleware(MiddlewareMixin):
    """Keep responses to signed-in users out of every cache, so that the next person on a shared machine finds none.

    A response that already has Cache-Control keeps it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Check only for the cookie: loading its user needs the database, which may be unavailable.
        if "Cache-Control" not in response and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = "private, no-store"
        return response
