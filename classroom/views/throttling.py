"""Limits on how often one user may request expensive pages, counted in the cache: with Redis, across all processes."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http.response import HttpResponseBase
from django.shortcuts import render
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

from accounts.requests import SignedInRequest

MINUTE_S = 60
P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


class PreviewThrottle(UserRateThrottle):
    scope = "previews"


class DownloadThrottle(UserRateThrottle):
    scope = "downloads"


def seconds_until_allowed(request: SignedInRequest, throttle: UserRateThrottle) -> int:
    """Count the request. Return 0 if it is allowed, else the seconds to wait."""
    try:
        # The throttle reads only the user of the request, and nothing of the view.
        if throttle.allow_request(cast(Any, request), cast(Any, None)):
            return 0
    except RedisError:  # a limit that cannot be counted must not block anyone
        return 0
    # wait() is None when simultaneous requests have passed the limit together.
    return math.ceil(throttle.wait() or MINUTE_S)


def throttle_downloads(view: View[P]) -> View[P]:
    @wraps(view)
    def throttled(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        wait = seconds_until_allowed(request, DownloadThrottle())
        if not wait:
            return view(request, *args, **kwargs)
        response = render(request, "429.html", {"wait": wait}, status=429)
        response["Retry-After"] = str(wait)
        return response

    return throttled
