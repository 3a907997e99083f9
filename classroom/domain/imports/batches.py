"""Queries about many rows, a batch at a time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import models

T = TypeVar("T")
Row = TypeVar("Row", bound=models.Model)
BATCH_ROWS = 500


def batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH_ROWS] for start in range(0, len(items), BATCH_ROWS))


def in_batches(queryset: "models.QuerySet[Row]", lookup: str, values: Iterable[Any]) -> Iterator[Row]:
    """Return the rows whose field has one of the values, with a query for each batch of them."""
    for batch in batched(list(values)):
        yield from queryset.filter(**{f"{lookup}__in": batch})
