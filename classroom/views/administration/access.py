from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase

from accounts.requests import SignedInRequest
from classroom.domain.permissions import may_administer

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


def administrators_only(view: View[P]) -> View[P]:
    """Visitors are asked to sign in; users who may not administer get 404."""

    @wraps(view)
    def checked(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_administer(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(checked)
