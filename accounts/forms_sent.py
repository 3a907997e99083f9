"""Views that take a form from a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponse]


def sent_from(page: str) -> Callable[[View], View]:
    """For a view that takes a form of the page with that URL name and the same arguments. Whoever is no longer signed
    in comes back to the page after signing in: the form's own address could not be opened."""

    def decorate(view: View) -> View:
        @require_POST
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse(page, args=args, kwargs=kwargs))
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
