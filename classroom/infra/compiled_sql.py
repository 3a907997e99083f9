"""Queries that Django compiles once per process. Every batch of snapshots runs some: building and compiling their
querysets costs ten times as much as sending the SQL and reading the answer (docs/adr/0038-cost-of-a-snapshot.md).

With DATABASE_PREPARED_STATEMENTS, Postgres also plans them once per connection."""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet, Value
from django.db.models.sql import UpdateQuery


class Parameter(Value):
    """A placeholder in a query for a value that each execution passes by this name."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class CompiledSelect:
    """The rows of a `values_list` with Parameters in its conditions."""

    def __init__(self, queryset: QuerySet) -> None:
        self._compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])

    def rows(self, **values: Any) -> list[list[Any]]:
        with _cursor() as cursor:
            cursor.execute(self._sql, _bind(self._params, values))
            return list(self._compiler.apply_converters(cursor.fetchall(), self._converters))


class CompiledUpdate:
    """`queryset.update(...)`, with Parameters in its conditions and among the values."""

    def __init__(self, queryset: QuerySet, **update: Any) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(update)
        self._sql, self._params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()

    def execute(self, **values: Any) -> int:
        """Return the number of rows that match."""
        with _cursor() as cursor:
            cursor.execute(self._sql, _bind(self._params, values))
            return cursor.rowcount


def _bind(params: Sequence[Any], values: dict[str, Any]) -> list[Any]:
    return [
        each.output_field.get_db_prep_value(values[each.value], connection) if isinstance(each, Parameter) else each
        for each in params
    ]


def _cursor() -> Any:
    database: Any = connection
    return database.prepared_cursor() if database.vendor == "postgresql" else database.cursor()
