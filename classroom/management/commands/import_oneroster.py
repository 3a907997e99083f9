from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from classroom.domain.imports.bundles import read_folder, read_zip
from classroom.domain.imports.files import Unreadable
from classroom.domain.imports.oneroster import FILES, read_bundle
from classroom.management.import_report import add_administrator, import_tables


class Command(BaseCommand):
    help = (
        "Import the people, classes and enrolments of a OneRoster 1.1 or 1.2 CSV bundle (bulk): all of it, or nothing "
        "if a row is refused. Print the outcome of each row."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bundle", type=Path, metavar="FOLDER_OR_ZIP")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        add_administrator(parser)

    def handle(self, *args: Any, bundle: Path, dry_run: bool, administrator: str | None, **options: Any) -> None:
        try:
            if bundle.is_dir():
                contents = read_folder(bundle, FILES)
            elif bundle.stat().st_size > settings.IMPORT_MAX_BYTES:
                raise CommandError(f"{bundle}: larger than IMPORT_MAX_BYTES ({settings.IMPORT_MAX_BYTES}).")
            else:
                contents = read_zip(bundle.read_bytes(), FILES)
            tables = read_bundle(contents, name=bundle.name)
        except OSError as error:
            raise CommandError(f"{bundle}: {error.strerror}") from error
        except Unreadable as error:
            raise CommandError(f"{bundle}: {error}") from error
        import_tables(self.stdout, tables, dry_run=dry_run, administrator=administrator)
