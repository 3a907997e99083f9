"""The API's description, for programs and people."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from accounts.requests import SignedInRequest


@require_GET
@login_required
def api_docs(request: SignedInRequest) -> HttpResponse:
    return render(request, "classroom/api_docs.html")


@require_GET
@login_required
def api_schema(request: SignedInRequest) -> JsonResponse:
    return JsonResponse(openapi())


@cache
def openapi() -> dict[str, Any]:
    """Cached: it is the same for everybody and takes a moment to make."""
    return SchemaGenerator().get_schema(request=None, public=True)
