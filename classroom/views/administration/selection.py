"""The selected rows of a list, or all rows that its search and filters find."""

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import FilterSet

from accounts.requests import SignedInRequest
from classroom.path_converters import ids_in

Rows = TypeVar("Rows", bound=QuerySet)


def selected_rows(request: SignedInRequest, filters: type[FilterSet], rows: Rows) -> Rows:
    """The form sends the ids as `selected` or, with `everything`, the query string of the list as `query`."""
    if "everything" not in request.POST:
        return rows.filter(pk__in=ids_in(request.POST.getlist("selected")))
    found: Any = filters(QueryDict(request.POST.get("query", "")), rows)
    return found.qs if found.is_valid() else rows.none()
