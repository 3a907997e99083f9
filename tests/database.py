"""The test database as the migrations leave it: made once, and restored after a test that commits."""

import fcntl
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from tests.server import ROOT, migrate

Row = Sequence[Any]
ALL = 2**31


def migrated_file() -> Path:
    """Return an SQLite file with all migrations applied. It takes seconds to make, so all processes share one until a
    migration changes."""
    state = hashlib.sha256()
    for app in apps.get_app_configs():
        for migration in sorted(Path(app.path).glob("migrations/*.py")):
            state.update(migration.read_bytes())
    folder = ROOT / "var" / "test-database"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{state.hexdigest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for outdated in folder.glob("*.sqlite3*"):
                outdated.unlink()
            unfinished = folder / "unfinished.sqlite3"
            migrate(unfinished)
            unfinished.rename(made)
    return made


class InitialRows:
    """The rows of each table as the migrations left them.

    Django would empty every table after a test that commits, and restore the migrations' rows only if a later test asks
    for them, so that a test's outcome would depend on the one before it.
    """

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
