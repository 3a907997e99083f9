"""Controls who may open the administrators' pages, and which rows they find: those of their organisation, or 404."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.permissions import may_administer, may_change_account, may_run_server
from classroom.models import Course

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


def administrators_only(view: View[P]) -> View[P]:
    """Ask visitors to sign in; users who may not administer get 404."""

    @wraps(view)
    def checked(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_administer(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(checked)


def operators_only(view: View[P]) -> View[P]:
    """Like administrators_only, for pages about all organisations together."""

    @wraps(view)
    def checked(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_run_server(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(checked)


def course_of_school(request: SignedInRequest, pk: int) -> Course:
    return get_object_or_404(Course.objects.in_organisation(request.user.organisation_id), pk=pk)


def person_of_school(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(User.objects.in_organisation(request.user.organisation_id), pk=pk)


def changeable_person(request: SignedInRequest, pk: int) -> User:
    """Return a person whose account the administrator may change."""
    person = person_of_school(request, pk)
    if not may_change_account(request.user, person):
        raise Http404
    return person
