"""The API's description, for programs and people."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema

from accounts.requests import SignedInApiRequest, SignedInRequest
from classroom.api.v1.resources import Resource


@require_GET
@login_required
def api_docs(request: SignedInRequest) -> HttpResponse:
    return render(request, "classroom/api_docs.html")


class Description(Resource):
    """For browsers and for programs with any token."""

    @extend_schema(exclude=True)
    def get(self, request: SignedInApiRequest) -> JsonResponse:
        return JsonResponse(openapi())


@cache
def openapi() -> dict[str, Any]:
    """Cached: it is the same for everybody and takes a moment to make."""
    return SchemaGenerator().get_schema(request=None, public=True)
