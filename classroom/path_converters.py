"""Ids of rows in requests: the path converter for URLs, which importing this module registers, and form values."""

from collections.abc import Iterable

from django.db.models import BigIntegerField
from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A row's id. Larger numbers match no URL and get 404."""

    def to_python(self, value: str) -> int:
        number = super().to_python(value)
        # Above this, some lookups raise instead of finding nothing.
        if number > BigIntegerField.MAX_BIGINT:
            raise ValueError("No row has such an id.")
        return number


register_converter(IdConverter, "id")


def ids_in(values: Iterable[str]) -> list[int]:
    """Return the ids among the values of a form, and ignore anything else."""
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
