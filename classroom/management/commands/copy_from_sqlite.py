from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from accounts.models import User

SOURCE = "sqlite"
ROWS_PER_INSERT = 1000


class Command(BaseCommand):
    help = (
        "Copy everything from a SQLite database into the Postgres database that DATABASE_URL names, which must be "
        "migrated and have no accounts yet. Stop the server first. If anything goes wrong, nothing is copied."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the SQLite database, for example var/attune.sqlite3")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Set DATABASE_URL to the Postgres database that everything is copied into.")
        if User.objects.exists():
            raise CommandError("The Postgres database already has accounts. Copy into a new one.")
        with _opened(file):
            _check_migrations(file)
            try:
                rows = self._copy_all()
            except IntegrityError as error:  # foreign keys are checked at the end
                raise CommandError(f"Nothing was copied. A row refers to one that is missing: {error}") from error
        self.stdout.write(f"{rows:,} rows copied.")

    def _copy_all(self) -> int:
        models = apps.get_models(include_auto_created=True)
        # The lock on the file keeps a running server from changing it meanwhile.
        with transaction.atomic(SOURCE), transaction.atomic():
            # Some tables have rows already, from the migrations. The file has these as well.
            _execute(connection.ops.sql_flush(no_style(), [model._meta.db_table for model in models]))
            rows = sum(map(self._copy, models))
            _execute(connection.ops.sequence_reset_sql(no_style(), models))
        ContentType.objects.clear_cache()
        return rows

    def _copy(self, model: type[Model]) -> int:
        fields = model._meta.local_concrete_fields
        rows = model._base_manager.using(SOURCE).order_by("pk").iterator(ROWS_PER_INSERT)
        copied = 0
        try:
            while batch := list(islice(rows, ROWS_PER_INSERT)):
                # Raw, as loaddata saves: fields such as auto_now_add keep their values, and no signals are sent.
                model._base_manager._insert(batch, fields=fields, using="default", raw=True)  # type: ignore[attr-defined]
                copied += len(batch)
        except (DatabaseError, ValueError) as error:
            table = model._meta.db_table
            raise CommandError(f"Nothing was copied. Postgres refuses rows of {table}: {error}") from error
        if copied:
            self.stdout.write(f"{model._meta.db_table}: {copied:,}")
        return copied


@contextmanager
def _opened(file: Path) -> Iterator[None]:
    """Make the file the database SOURCE. Raises CommandError."""
    if not file.is_file():  # SQLite would create it
        raise CommandError(f"{file} does not exist.")
    sqlite = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 2},
    }
    connections.databases[SOURCE] = connection.settings_dict | sqlite
    try:
        connections[SOURCE].ensure_connection()
        yield
    except DatabaseError as error:
        raise CommandError(f"{file}: {error}") from error
    finally:
        connections[SOURCE].close()
        del connections[SOURCE], connections.databases[SOURCE]


def _check_migrations(file: Path) -> None:
    """Raises CommandError unless both databases have the same tables and columns."""
    applied = {alias: set(MigrationRecorder(connections[alias]).applied_migrations()) for alias in (SOURCE, "default")}
    for app, name in sorted(applied[SOURCE] ^ applied["default"]):
        place = file if (app, name) in applied["default"] else "Postgres"
        raise CommandError(f"{place} lacks the migration {app}.{name}. Run manage.py migrate on both.")


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
