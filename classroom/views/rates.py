"""How often one user may ask for what costs much. Counted in the cache: where that is Redis, over all processes."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

from accounts.requests import SignedInRequest

MINUTE_S = 60
P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


class PreviewRate(UserRateThrottle):
    scope = "previews"


class DownloadRate(UserRateThrottle):
    scope = "downloads"


def count_request(request: SignedInRequest, rate: UserRateThrottle) -> int:
    """Count the request. 0 where it may go on, else in how many seconds one may."""
    try:
        # Of the request it reads the user alone, and of the view nothing.
        if rate.allow_request(cast(Any, request), cast(Any, None)):
            return 0
    except RedisError:  # a limit that cannot be counted must not keep anyone from her figures
        return 0
    # Requests at the same moment may have passed the limit together: then it cannot say when.
    return math.ceil(rate.wait() or MINUTE_S)


def limited_downloads(view: View[P]) -> View[P]:
    @wraps(view)
    def counted(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        wait = count_request(request, DownloadRate())
        return _too_many(request, wait) if wait else view(request, *args, **kwargs)

    return counted


def _too_many(request: SignedInRequest, wait: int) -> HttpResponse:
    response = render(request, "429.html", {"wait": wait}, status=429)
    response["Retry-After"] = str(wait)
    return response
