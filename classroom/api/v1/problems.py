"""Errors of the REST API as problem details (RFC 9457), wherever they arise."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework import exceptions, serializers
from rest_framework.views import set_rollback

PROBLEM_TYPE = "application/problem+json"
PREFIX = "/api/v1/"


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField(allow_blank=True, help_text="Empty for the request as a whole.")
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField(help_text="Always `about:blank`: the status says which problem it is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False, help_text="What is wrong with which field.")  # type: ignore[assignment]  # a name of RFC 9457


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "conflict"


def problem_response(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The exception handler of the API's views. Returns None for server errors, which the middleware answers."""
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if header := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(exception, exceptions.ValidationError):
        more = {"errors": [{"field": field, "detail": text} for field, text in _errors(exception.detail)]}
        return _problem(exception.status_code, "The request is not valid.", headers, **more)
    return _problem(exception.status_code, str(exception.detail), headers)


class ProblemMiddleware(MiddlewareMixin):
    """Turns every other error under the API's path into problem details: an unknown path, a server error, an
    unavailable database."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_error = response.status_code >= 400 and request.path.startswith(PREFIX)
        if not is_error or not isinstance(response, HttpResponse) or response.headers["Content-Type"] == PROBLEM_TYPE:
            return response
        response.content = _content(response.status_code, _detail(response))
        response.headers["Content-Type"] = PROBLEM_TYPE
        response.headers["Content-Length"] = str(len(response.content))
        return response


def _problem(status: int, detail: str, headers: dict[str, str], **more: Any) -> HttpResponse:
    content = _content(status, detail, **more)
    return HttpResponse(content, status=status, content_type=PROBLEM_TYPE, headers=headers)


def _content(status: int, detail: str, **more: Any) -> bytes:
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return json.dumps(problem | more, ensure_ascii=False).encode()


def _detail(response: HttpResponse) -> str:
    """Keep the words of a JSON response. A page has none that suit programs."""
    if response.headers["Content-Type"].startswith("application/json"):
        return json.loads(response.content).get("detail", "")
    return HTTPStatus(response.status_code).description


def _errors(detail: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Flatten the errors of a serializer or a filter. The field is empty for the request as a whole."""
    if isinstance(detail, dict):
        for name, errors in detail.items():
            own = "" if name in ("non_field_errors", "__all__") else name
            yield from _errors(errors, ".".join(filter(None, (field, own))))
    elif isinstance(detail, list):
        for error in detail:
            yield from _errors(error, field)
    else:
        yield field, str(detail)
