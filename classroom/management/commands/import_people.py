from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from classroom.domain.imports.columns import Kind
from classroom.domain.imports.files import Encoding, Separator, Unreadable
from classroom.domain.imports.tables import Reading, Table, read_table
from classroom.management.import_report import add_administrator, import_tables


class Command(BaseCommand):
    help = (
        "Import people, courses and enrolments from CSV files, as the page Imports of the administration does: all of "
        "it, or nothing if a row is refused. Print the outcome of each row."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("people", type=Path, nargs="?", metavar="FILE", help="people")
        parser.add_argument("--courses", type=Path, metavar="FILE", help="courses")
        parser.add_argument("--enrolments", type=Path, metavar="FILE", help="enrolments")
        parser.add_argument("--encoding", choices=Encoding.values, help="default: detected")
        parser.add_argument("--separator", choices=Separator.values, help="default: detected")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        add_administrator(parser)

    def handle(
        self,
        *args: Any,
        encoding: str | None,
        separator: str | None,
        dry_run: bool,
        administrator: str | None,
        **options: Any,
    ) -> None:
        files = {kind: options[kind.value] for kind in Kind if options[kind.value]}
        if not files:
            raise CommandError("Name a file of people, --courses or --enrolments.")
        reading = Reading(Encoding(encoding) if encoding else None, Separator(separator) if separator else None)
        tables = [self._read(file, kind, reading) for kind, file in files.items()]
        import_tables(self.stdout, tables, dry_run=dry_run, administrator=administrator)

    @staticmethod
    def _read(file: Path, kind: Kind, reading: Reading) -> Table:
        try:
            if file.stat().st_size > settings.IMPORT_MAX_BYTES:
                raise CommandError(f"{file}: larger than IMPORT_MAX_BYTES ({settings.IMPORT_MAX_BYTES}).")
            return read_table(file.read_bytes(), name=file.name, kind=kind, reading=reading)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
