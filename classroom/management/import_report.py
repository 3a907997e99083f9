"""Imports tables from commands, and prints the outcome of each row in the words of the page."""

from argparse import ArgumentParser
from collections.abc import Sequence

from django.core.management.base import CommandError, OutputWrapper
from django.utils import timezone

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import User
from classroom.domain.imports.former_addresses import notify_former_addresses
from classroom.domain.imports.outcomes import Outcome
from classroom.domain.imports.plan import plan_import
from classroom.domain.imports.tables import Table
from classroom.domain.permissions import may_administer


def add_administrator(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--administrator",
        metavar="ADDRESS",
        help="who imports (for the audit log), into their school; default: nobody, into the first school",
    )


def import_tables(
    out: OutputWrapper, tables: Sequence[Table], *, dry_run: bool, administrator: str | None = None
) -> None:
    """Print the outcome of each row. Unless it is a dry run, then import them into the school of the administrator with
    the address. Raises CommandError."""
    actor = User.objects.with_address(administrator) if administrator else None
    if administrator and (actor is None or not may_administer(actor)):
        raise CommandError(f"No administrator has the address {administrator}.")
    plan = plan_import(tables, actor=actor)
    for file in plan.files:
        out.write(f"{file.table.name} ({file.table.kind.label}): {file.table.how_read}")
        for row in file.outcomes:
            out.write(f"  line {row.line}: {row}")
        counts = [f"{count} {Outcome(name).label}" for name, count in file.totals.items() if count]
        out.write(f"  {', '.join(counts) or 'no rows'}")
    if not plan.is_possible:
        raise CommandError("Nothing was imported: rows are refused.")
    if dry_run:
        out.write("Nothing was changed: this was a dry run.")
        return
    try:
        plan.write(now=timezone.now())
    except ChangedMeanwhile as error:
        raise CommandError("Nothing was imported: the database changed in the meantime. Run it again.") from error
    notify_former_addresses(plan)
    out.write("Imported.")
