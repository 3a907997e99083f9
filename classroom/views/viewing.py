"""Records in the audit log who opened other people's data, which data, and when."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.security_log.events import VIEWED_AGAIN_S, concerned, record_view


def records_view(name: str, *, again_after_s: int = VIEWED_AGAIN_S) -> Callable[..., Callable[..., HttpResponseBase]]:
    """If the page or the API's view was shown, record it under this name. `concerned` reads from the URL whom it
    concerns."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def recording(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and request.user.is_authenticated:
                record_view(name, actor=request.user, again_after_s=again_after_s, **concerned(request))
            return response

        return recording

    return decorate
