"""Lists that the database searches, filters, sorts and pages: the same table on all administrators' pages.

A page names its columns and its filters, and extends templates/administration/list.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import F, Model
from django.db.models.expressions import OrderBy
from django.forms import Form
from django.utils.functional import Promise
from django_filters import FilterSet

from accounts.requests import SignedInRequest
from classroom.views.pagination import query_without_page

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Column:
    """A column. The database sorts by the fields of `order`; without any, the column cannot be sorted. `name` is its
    name in URLs."""

    name: str
    label: Promise | str
    order: tuple[str, ...] = ()
    numeric: bool = False


@dataclass(frozen=True)
class Header:
    """A column's header: clicking it leads to `query`; `direction` is the current order."""

    column: Column
    query: str
    direction: str


@dataclass(frozen=True)
class ListPage:
    """One page of a list. `query` is the query string without the page number; `is_filtered` says whether the search or
    a filter may hide rows."""

    form: Form
    headers: list[Header]
    page: Page
    query: str
    sort: str
    is_filtered: bool


def list_page(
    request: SignedInRequest,
    filters: FilterSet,
    columns: Sequence[Column],
    *,
    per_page: int = ROWS_PER_PAGE,
    default_sort: str = "",
) -> ListPage:
    """Return the page that the query string asks for. Its `sort` names a column, with a minus to sort descending.
    Without a known one, rows are sorted by `default_sort`, or by the first sortable column."""
    sortable = {column.name: column for column in columns if column.order}
    wanted_sort = request.GET.get("sort", "")
    sort = wanted_sort if wanted_sort.removeprefix("-") in sortable else default_sort or next(iter(sortable))
    is_descending = sort.startswith("-")
    sorted_by = sortable[sort.removeprefix("-")]
    rows = filters.qs.order_by(*_order(sorted_by, is_descending, filters.qs.model))
    wanted = filters.form.cleaned_data if filters.form.is_valid() else {}
    return ListPage(
        form=filters.form,
        headers=[_header(request, column, sorted_by, is_descending) for column in columns],
        page=Paginator(rows, per_page).get_page(request.GET.get("page")),
        query=query_without_page(request),
        sort=sort,
        is_filtered=any(value not in (None, "") for value in wanted.values()),
    )


def _order(column: Column, is_descending: bool, model: type[Model]) -> list[OrderBy | str]:
    """Unknown values come last in both directions and databases, and the id orders equal rows. Columns that cannot be
    null omit `nulls_last`, because Postgres would then not use their index."""
    known = {field.name for field in model._meta.concrete_fields if not field.null}
    order = [
        OrderBy(F(field), descending=is_descending, nulls_last=None if field in known else True)
        for field in column.order
    ]
    return [*order, "-pk" if is_descending else "pk"]


def _header(request: SignedInRequest, column: Column, sorted_by: Column, is_descending: bool) -> Header:
    is_sorted = column == sorted_by
    query = request.GET.copy()
    query.pop("page", None)
    query["sort"] = f"-{column.name}" if is_sorted and not is_descending else column.name
    direction = ("descending" if is_descending else "ascending") if is_sorted else ""
    return Header(column, query.urlencode() if column.order else "", direction)
