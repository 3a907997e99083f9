"""Pages of lists. A cursor says where the next page begins, and only this server can make one."""

import operator
from collections.abc import Callable, Iterable
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

DEFAULT_PAGE = 100
MAX_PAGE = 1000


class SignedCursorPagination(CursorPagination):
    """Cursor pagination with cursors signed for the URL that issued them. Otherwise a made-up position would reach the
    database."""

    request: Request
    page_size = DEFAULT_PAGE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE

    def get_page_size(self, request: Request) -> int:
        sent = request.query_params.get(self.page_size_query_param)
        if sent is None:
            return DEFAULT_PAGE
        if not (sent.isascii() and sent.isdecimal() and len(sent) < 6 and 1 <= int(sent) <= MAX_PAGE):
            raise ValidationError({"page_size": [f"A whole number from 1 to {MAX_PAGE}."]})
        return int(sent)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        page: list[Any] | None = super().paginate_queryset(queryset, request, view)
        # DRF assumes that the first and the last page are full, and would skip rows of the same time next to them.
        self.page_size = len(page or ()) or self.page_size
        return page

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        return view.ordering

    def decode_cursor(self, request: Request) -> Cursor | None:
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            offset, reverse, position = signing.loads(encoded, salt=self._salt(request))
        except signing.BadSignature as error:
            raise ValidationError({"cursor": ["This server did not issue this cursor for this address."]}) from error
        return Cursor(offset=offset, reverse=reverse, position=position)

    def encode_cursor(self, cursor: Cursor) -> str:
        encoded = signing.dumps([cursor.offset, cursor.reverse, cursor.position], salt=self._salt(self.request))
        return replace_query_param(self.request.build_absolute_uri(), self.cursor_query_param, encoded)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page begins: `next` and `previous` of another page have it.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "description": "The address of that page; null without."}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    @staticmethod
    def _salt(request: Request) -> str:
        return f"classroom.api.v1.pagination:{request.path}"


class KeyedList:
    """A computed list with the paginator's view of a queryset: its items in the order of `key`, a unique whole
    number."""

    def __init__(self, items: Iterable[Any], *, key: Callable[[Any], int]) -> None:
        self.items, self.key = list(items), key

    def order_by(self, name: str) -> "KeyedList":
        return KeyedList(sorted(self.items, key=self.key, reverse=name.startswith("-")), key=self.key)

    def filter(self, **position: str) -> "KeyedList":
        [(lookup, value)] = position.items()
        compare = operator.lt if lookup.endswith("__lt") else operator.gt
        return KeyedList((each for each in self.items if compare(self.key(each), int(value))), key=self.key)

    def __getitem__(self, wanted: slice) -> list[Any]:
        return self.items[wanted]
