"""Shared by the views of the REST API: who may call them, how often, and how they answer errors."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response

from accounts.api_tokens.authentication import TokenAuthentication
from accounts.models import Scope, User
from accounts.requests import SignedInApiRequest
from accounts.security_log.events import gives_own_data
from classroom.api.parsers import BoundedJSONParser
from classroom.api.v1.pagination import KeyedList, SignedCursorPagination
from classroom.api.v1.problems import problem_response
from classroom.api.v1.schema import Operation
from classroom.api.v1.scopes import HasScopes
from classroom.api.v1.throttling import RequestThrottle
from classroom.domain.permissions import may_watch, sessions_visible_to
from classroom.models import ClassSession


class Resource(GenericAPIView):
    """A view of the API. `scopes` names those of each method."""

    scopes: ClassVar[dict[str, tuple[Scope, ...]]] = {}
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated, HasScopes]
    throttle_classes = [RequestThrottle]
    parser_classes = [BoundedJSONParser]
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)
    pagination_class: type[SignedCursorPagination] | None = None
    filter_backends = []
    metadata_class = None
    schema = Operation()

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], HttpResponse | None]:
        return problem_response


class ListResource(Resource):
    """A view whose GET returns a list, a page at a time, ordered by `ordering` and filtered by `filterset_class`."""

    is_list = True
    pagination_class = SignedCursorPagination
    filter_backends = [DjangoFilterBackend]
    filterset_class: type[FilterSet] | None = None
    ordering: tuple[str, ...] = ("pk",)

    def page(self, request: SignedInApiRequest, rows: Any, **context: Any) -> Response:
        """Answer with a page of the rows: a queryset, which the filters narrow, or a KeyedList."""
        names = self.filterset_class.base_filters if self.filterset_class else ()
        if empty := [name for name in names if request.query_params.get(name) == ""]:
            raise ValidationError({name: ["Leave the parameter out, or give it a value."] for name in empty})
        filtered = rows if isinstance(rows, KeyedList) else self.filter_queryset(rows)
        page: Any = self.paginate_queryset(filtered)  # type: ignore[arg-type]  # all that it asks of a queryset
        serializer = self.get_serializer(page, many=True, context={**self.get_serializer_context(), **context})
        return self.get_paginated_response(serializer.data)


def session_and_student(request: SignedInApiRequest, pk: int) -> tuple[ClassSession, User | None]:
    """Return a session that the user may see, and the only student whose data they see in it: the user, or None for
    the staff of its course, who see everybody's."""
    session = get_object_or_404(sessions_visible_to(request.user).select_related("course"), pk=pk)
    if may_watch(request.user, session.course):
        return session, None
    gives_own_data(request._request)
    return session, request.user
