"""Queries that Django compiles once in a process. For those of every batch of snapshots, building a queryset and
compiling it costs ten times as much as sending its SQL and reading the answer (docs/adr/0038-cost-of-a-snapshot.md).

With DATABASE_PREPARED_STATEMENTS, Postgres plans them once in a connection, too."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet, Value
from django.db.models.sql import UpdateQuery
from psycopg import Cursor
from psycopg.types.numeric import Int8


class Parameter(Value):
    """A place in a query for a value that each execution gives by this name."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class CompiledSelect:
    """The rows of a `values_list` whose conditions hold Parameters."""

    def __init__(self, queryset: QuerySet) -> None:
        self._compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self._sql, self._params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])

    def rows(self, **values: Any) -> list[list[Any]]:
        with _executed(self._sql, _bind(self._params, values)) as cursor:
            return list(self._compiler.apply_converters(cursor.fetchall(), self._converters))


class CompiledUpdate:
    """`queryset.update(...)`, with Parameters in its conditions and among the values."""

    def __init__(self, queryset: QuerySet, **update: Any) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(update)
        self._sql, self._params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()

    def execute(self, **values: Any) -> int:
        """Return the number of rows that match."""
        with _executed(self._sql, _bind(self._params, values)) as cursor:
            return cursor.rowcount


def _bind(params: Sequence[Any], values: dict[str, Any]) -> list[Any]:
    return [
        each.output_field.get_db_prep_value(values[each.value], connection) if isinstance(each, Parameter) else each
        for each in params
    ]


class _PreparedCursor(Cursor):
    """Django's own cursor writes the values into the SQL, which would be another statement each time."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        # psycopg chooses a type by the size of a number, and would prepare each combination of types.
        typed = [Int8(each) if type(each) is int else each for each in params]
        return super().execute(query, typed, prepare=True)


@contextmanager
def _executed(sql: str, params: Sequence[Any]) -> Iterator[Any]:
    with connection.cursor() as cursor:
        session: Any = connection.connection
        if getattr(session, "prepare_threshold", None) is not None:
            make_cursor: Any = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
            cursor = make_cursor(_PreparedCursor(session))
        with cursor:
            cursor.execute(sql, params)
            yield cursor
