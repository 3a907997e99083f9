from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponseBase]


def form_post(page: str) -> Callable[[View], View]:
    """Require POST and a signed-in user, for a view that handles a form shown on `page`.

    `page` is the name of a URL with the same arguments. A user whose session has expired returns there after signing
    in, because the form's own URL accepts no GET.
    """

    def decorate(view: View) -> View:
        @require_POST
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse(page, args=args, kwargs=kwargs))
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
