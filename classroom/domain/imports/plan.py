"""Plans the outcome of each row of the files, then imports all rows or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.bulk_changes import ChangedMeanwhile
from accounts.models import DEFAULT_ORGANISATION, User
from accounts.security_log.events import Event, record
from classroom.domain.imports.columns import Kind
from classroom.domain.imports.courses import CoursesResource
from classroom.domain.imports.enrolments import EnrolmentsResource
from classroom.domain.imports.outcomes import Outcome, RowOutcome, totals
from classroom.domain.imports.people import PeopleResource
from classroom.domain.imports.resources import PlannedResource, Progress, Run
from classroom.domain.imports.tables import Table

RESOURCES: dict[Kind, type[PlannedResource]] = {
    Kind.PEOPLE: PeopleResource,
    Kind.COURSES: CoursesResource,
    Kind.ENROLMENTS: EnrolmentsResource,
}


class RowsRefused(Exception):
    """Some rows of the files are refused, so nothing is imported."""


@dataclass(frozen=True)
class FilePlan:
    table: Table
    resource: PlannedResource

    @property
    def outcomes(self) -> list[RowOutcome]:
        return self.resource.outcomes

    @property
    def totals(self) -> dict[str, int]:
        return totals(self.outcomes)


@dataclass(frozen=True)
class Plan:
    files: Sequence[FilePlan]
    run: Run

    @property
    def totals(self) -> list[dict[str, int]]:
        return [file.totals for file in self.files]

    @property
    def is_possible(self) -> bool:
        return not any(counts[Outcome.REFUSED] for counts in self.totals)

    @property
    def new_people(self) -> list[User]:
        """Return the accounts that are created; once written, they have ids."""
        return [user for each in self._people for user in each.create_instances]

    @property
    def former_addresses(self) -> list[tuple[User, str]]:
        """Return those whose address changes, with their former one."""
        pairs = [(user, each.stored[user.pk].email) for each in self._people for user in each.update_instances]
        return [(user, former) for user, former in pairs if former != user.email]

    @property
    def _people(self) -> list[PeopleResource]:
        return [file.resource for file in self.files if isinstance(file.resource, PeopleResource)]

    def write(self, *, now: datetime) -> None:
        """Save everything, or nothing.

        Raises RowsRefused, or ChangedMeanwhile if the database has changed since the plan.
        """
        if not self.is_possible:
            raise RowsRefused
        try:
            with transaction.atomic():
                for file in self.files:
                    file.resource.write()
                self.run.members.write(actor=self.run.actor, now=now)
                for file in self.files:
                    counts: dict[str, Any] = {name: count for name, count in file.totals.items() if count}
                    record(Event.DATA_IMPORTED, actor=self.run.actor, kind=file.table.kind.value, **counts)
        except IntegrityError as error:
            raise ChangedMeanwhile from error


def plan_import(tables: Sequence[Table], *, actor: User | None = None, progress: Progress = lambda rows: None) -> Plan:
    """Plan the outcome of each row, without a transaction, so that nothing else waits. The import is for the actor's
    organisation, or the default one."""
    run = Run(actor.organisation_id if actor else DEFAULT_ORGANISATION, actor, progress)
    files = [FilePlan(table, RESOURCES[table.kind](run)) for table in in_order(tables)]
    for file in files:
        file.resource.plan(file.table)
    for file in files:
        file.resource.review()
    return Plan(files, run)


def in_order(tables: Sequence[Table]) -> list[Table]:
    """Files may refer to people and courses in other files."""
    return sorted(tables, key=lambda table: list(Kind).index(table.kind))
