"""Choosing on the administrators' pages: the selected rows of a list, and people found by a search."""

from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import FilterSet

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.forms.people import PeopleFilters
from classroom.path_converters import ids_in

PEOPLE_SHOWN = 20
Rows = TypeVar("Rows", bound=QuerySet)


def selected_rows(request: SignedInRequest, filters: type[FilterSet], rows: Rows) -> Rows:
    """The form sends the ids as `selected` or, with `everything`, the query string of the list as `query`."""
    if "everything" not in request.POST:
        return rows.filter(pk__in=ids_in(request.POST.getlist("selected")))
    found: Any = filters(QueryDict(request.POST.get("query", "")), rows, request=request)
    return found.qs if found.is_valid() else rows.none()


def people_found(people: QuerySet[User], words: str) -> tuple[list[User], bool]:
    """Return the first of the people who match all the words, and whether there are more."""
    filters = PeopleFilters({"search": words}, people)
    found = list(filters.qs[: PEOPLE_SHOWN + 1]) if filters.is_valid() else []
    return found[:PEOPLE_SHOWN], len(found) > PEOPLE_SHOWN
