"""Filters shared by lists."""

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

SEARCH_MAX_CHARACTERS = 200
# Each word is a condition on each field.
SEARCH_MAX_WORDS = 8


class SearchFilter(django_filters.CharFilter):
    """Finds rows that have each of the words in one of the fields, which may belong to related rows."""

    def __init__(self, *fields: str, **kwargs: Any) -> None:
        widget = forms.TextInput({"type": "search", "autocomplete": "off"})
        super().__init__(label=_("Search"), max_length=SEARCH_MAX_CHARACTERS, widget=widget, **kwargs)
        self.fields = fields

    def filter(self, qs: QuerySet[Model], value: str | None) -> QuerySet[Model]:
        for word in (value or "").split()[:SEARCH_MAX_WORDS]:
            found = reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self.fields))
            # In a separate query, so that a row with several matching related rows is listed and counted once.
            qs = qs.filter(pk__in=qs.model._default_manager.filter(found).values("pk"))
        return qs
