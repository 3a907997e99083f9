import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.browser_sessions.idle import renew_if_due
from accounts.email.sending import MailNotSent
from accounts.models import User
from accounts.security_log.events import Event, concerned, record
from accounts.sign_in.hashers import HashingBusy
from accounts.time_zones import zone_of

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 5
# The same address gets a link to confirm it at most this often.
MAIL_RETRY_AFTER_S = 180


class NoStoreMiddleware(MiddlewareMixin):
    """Keep responses to signed-in users out of every cache, so that the next person on a shared machine finds none.

    A response that already has Cache-Control keeps it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Only check for credentials: loading their user needs the database, which may be unavailable.
        may_be_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
        if "Cache-Control" not in response and may_be_signed_in:
            response["Cache-Control"] = "private, no-store"
        return response


class IdleSessionMiddleware(MiddlewareMixin):
    """Let a session last SESSION_COOKIE_AGE from the latest request instead of from the sign-in.

    Requests that pages send by themselves do not count (`without_renewal`).

    SESSION_SAVE_EVERY_REQUEST would also send the cookie with responses that proxies cache.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        session = request.session
        renews = getattr(request, "renews_session", True)
        # Renewing a session that nothing has opened would mean reading it, and none is saved after a failure.
        if renews and response.status_code < 500 and session.accessed and SESSION_KEY in session:
            renew_if_due(session)
        return response


class TimeZoneMiddleware(MiddlewareMixin):
    """Activate the user's time zone once a view or a template asks who the user is.

    Asking in every request would need the database even if the view does not, and keep public responses out of caches.
    """

    def process_request(self, request: HttpRequest) -> None:
        def user_in_their_zone() -> User | AnonymousUser:
            user = get_user(request)
            timezone.activate(zone_of(user))
            return user

        request.user = SimpleLazyObject(user_in_their_zone)  # type: ignore[assignment]  # as AuthenticationMiddleware

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        timezone.deactivate()
        return response


class SecurityLogMiddleware(MiddlewareMixin):
    """Record what only the response shows, whichever view made it: a download, or a request beyond a rate limit."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_export = response.status_code == 200 and response.get("Content-Disposition", "").startswith("attachment")
        if request.resolver_match and (is_export or response.status_code == 429):
            event = Event.DATA_EXPORTED if is_export else Event.RATE_LIMITED
            # Numbers only: the URL of a reset form contains the key of the link.
            ids = {name: value for name, value in request.resolver_match.kwargs.items() if isinstance(value, int)}
            about: dict[str, Any] = concerned(request)
            record(event, view=request.resolver_match.view_name, ids=ids, **about)
        return response


class UnavailableMiddleware(MiddlewareMixin):
    """Answer 503 with Retry-After on any page if a password was not hashed in time, Redis does not answer, or a mail
    cannot be sent."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        wait = RETRY_AFTER_S
        if isinstance(exception, HashingBusy):
            title = _("Too many people are signing in")
            reason = _("Nothing was changed. This is not counted as a failed attempt.")
        elif isinstance(exception, RedisError):
            logger.error("Redis is unavailable for %s: %s", request.path, exception)
            title = _("This is not possible right now")
            reason = _("Part of the server is not responding. Nothing was changed.")
        elif isinstance(exception, MailNotSent):
            logger.error("A mail could not be sent for %s: %s", request.path, exception)
            title = _("The e-mail could not be sent")
            reason = _("The mail server does not respond, or does not accept the address.")
            wait = MAIL_RETRY_AFTER_S
        else:
            return None
        context = {"title": title, "reason": reason, "wait": wait}
        response = render(request, "503.html", context, status=503)
        response["Retry-After"] = str(wait)
        response["Cache-Control"] = "no-store"
        return response
