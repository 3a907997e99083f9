"""The test database after a test that commits: what the migrations left in it, and nothing else.

Django would empty every table and let a later test bring the migrations' rows back if it asks for them, so that a test
passes or fails with the one before it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

Row = Sequence[Any]
ALL = 2**31


class InitialRows:
    """The rows of each table as the migrations left them."""

    def __init__(self) -> None:
        self.rows = {table: _rows(table) for table in connection.introspection.table_names()}

    def restore(self) -> None:
        connection.close()  # an outage may have cut it
        with transaction.atomic():  # foreign keys are checked at its end
            if connection.vendor == "postgresql":
                _execute("select set_config('attune.retention', 'on', true)")  # the audit log lets nothing else delete
            changed = [table for table, rows in self.rows.items() if _rows(table, len(rows) + 1) != rows]
            for table in changed:
                _execute(f"delete from {_quoted(table)}")  # noqa: S608
            for table in changed:
                for row in self.rows[table]:
                    _execute(f"insert into {_quoted(table)} values ({', '.join(['%s'] * len(row))})", row)  # noqa: S608


def _rows(table: str, at_most: int = ALL) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {_quoted(table)} limit %s", [at_most])  # noqa: S608
        return sorted(cursor.fetchall(), key=str)


def _execute(statement: str, values: Iterable[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
