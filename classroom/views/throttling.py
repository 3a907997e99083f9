"""Limits on how often one user may request expensive pages, counted in the cache (with Redis, across all processes)."""

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

from accounts.requests import SignedInRequest
from classroom.infra.rate_limits import MINUTE_S, count_event, current_count

# Wrong join codes within the period: one student's, and everybody's at one address. A student with only a few typos is
# not refused because of their address.
JOIN_PERIOD_S = 600
MAX_WRONG_CODES = 10
MAX_WRONG_CODES_OF_ADDRESS = 100
MAX_SLIPS = 3
# Per student: name changes, joins, requests and leaving. Each makes every open dashboard of their classes reload.
MAX_CLASS_CHANGES_PER_MINUTE = 10
P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


class PreviewThrottle(UserRateThrottle):
    scope = "previews"


class DownloadThrottle(UserRateThrottle):
    scope = "downloads"


class ComparisonThrottle(UserRateThrottle):
    """Limits pages about all the classes of a course."""

    scope = "comparisons"


class PersonalDataThrottle(UserRateThrottle):
    scope = "personal-data"


def seconds_until_allowed(request: SignedInRequest, throttle: UserRateThrottle) -> int:
    """Count the request. Return 0 if it is allowed, else the seconds to wait."""
    try:
        # The throttle reads only the request's user, and nothing from the view.
        if throttle.allow_request(cast(Any, request), cast(Any, None)):
            return 0
    except RedisError:  # a limit that cannot be counted must not block anyone
        return 0
    # wait() is None if simultaneous requests have passed the limit together.
    return math.ceil(throttle.wait() or MINUTE_S)


def throttle(by: type[UserRateThrottle]) -> Callable[[View[P]], View[P]]:
    """Answer 429 with Retry-After beyond the limit."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def throttled(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            wait = seconds_until_allowed(request, by())
            if not wait:
                return view(request, *args, **kwargs)
            return _too_many_requests(request, wait)

        return throttled

    return decorate


def throttle_downloads(view: View[P]) -> View[P]:
    return throttle(DownloadThrottle)(view)


def throttle_comparisons(view: View[P]) -> View[P]:
    return throttle(ComparisonThrottle)(view)


def refuse_class_change(request: SignedInRequest) -> HttpResponse | None:
    """Count a change that makes open dashboards reload. Beyond the limit, return the page that refuses it."""
    count = count_event("class-changes", request.user.pk, period_s=MINUTE_S)
    return _too_many_requests(request, MINUTE_S) if count > MAX_CLASS_CHANGES_PER_MINUTE else None


def seconds_until_join_code(request: HttpRequest) -> int:
    """Return in how many seconds the user or visitor may try a join code, 0 for now.

    Only wrong codes count: against the student and their address, or for visitors only against the address. A class
    that joins from one address is not affected by its own typos, nor by the guesses of others there.
    """
    own = current_count("join-codes", request.user.pk, period_s=JOIN_PERIOD_S) if request.user.is_authenticated else 0
    if request.user.is_authenticated and own < MAX_SLIPS:
        return 0
    of_address = current_count("join-codes-of", _address(request), period_s=JOIN_PERIOD_S)
    is_over = own >= MAX_WRONG_CODES or of_address >= MAX_WRONG_CODES_OF_ADDRESS
    return JOIN_PERIOD_S - int(time.time()) % JOIN_PERIOD_S if is_over else 0


def record_wrong_join_code(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        count_event("join-codes", request.user.pk, period_s=JOIN_PERIOD_S)
    count_event("join-codes-of", _address(request), period_s=JOIN_PERIOD_S)


def _too_many_requests(request: HttpRequest, wait: int) -> HttpResponse:
    response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response


def _address(request: HttpRequest) -> str:
    return get_adapter().get_client_ip(request)
