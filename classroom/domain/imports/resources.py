"""Turns rows into database changes with django-import-export's resources, which plan first and write later.

The library's dry run keeps a transaction open while it looks at rows, which would keep SQLite from writing anything
else. Planning therefore calls its inner loop, which without a transaction writes nothing and collects the instances to
create, update and delete. `write` then saves these in batches, in the caller's transaction.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import resources
from import_export.fields import Field
from import_export.results import RowResult
from tablib import Dataset

from accounts.models import OrganisationId, User
from classroom.domain.imports.known_courses import KnownCourses
from classroom.domain.imports.known_people import KnownPeople
from classroom.domain.imports.known_terms import KnownTerms
from classroom.domain.imports.members import Members, Role
from classroom.domain.imports.outcomes import Outcome, RowOutcome
from classroom.domain.imports.tables import Table
from classroom.models import Course
from classroom.spreadsheets import escape_formula

# Called with the number of rows done.
Progress = Callable[[int], object]
LINE, PROBLEM = "_line", "_problem"
OUTCOMES = {
    RowResult.IMPORT_TYPE_NEW: Outcome.NEW,
    RowResult.IMPORT_TYPE_UPDATE: Outcome.CHANGED,
    RowResult.IMPORT_TYPE_SKIP: Outcome.UNCHANGED,
    RowResult.IMPORT_TYPE_DELETE: Outcome.REMOVED,
    RowResult.IMPORT_TYPE_INVALID: Outcome.REFUSED,
}


@dataclass
class Run:
    """State shared by the files of one import: the people, courses and terms of the organisation, which rows may refer
    to, the importing user, and the callback for progress."""

    organisation: OrganisationId
    actor: User | None = None
    progress: Progress = lambda rows: None

    def __post_init__(self) -> None:
        self.people, self.courses = KnownPeople(self.organisation), KnownCourses(self.organisation)
        self.terms, self.members = KnownTerms(self.organisation), Members()

    def without_teacher(self, courses: Iterable[Course]) -> list[Course]:
        """Return those courses that would be left without a teacher who can sign in."""
        teachers = [(course, self.members.holders(course, Role.TEACHER)) for course in courses]
        self.people.load(pks={key for _course, keys in teachers for key in keys})
        return [course for course, keys in teachers if not self._can_teach(keys)]

    def _can_teach(self, keys: Collection[int | str]) -> bool:
        known = self.people.with_pks(keys)
        # The others are new people of this import.
        return len(known) < len(keys) or any(each.is_active and not each.is_administrator for each in known)


class PlannedResource(resources.ModelResource):
    """A resource whose import is a plan until `write` is called.

    Subclasses name the subject of a row, and find the instance that it is about.
    """

    class Options:
        use_bulk = True
        skip_unchanged = True
        skip_html_diff = True
        store_instance = True
        import_id_fields = ()

    # Labels of the columns in descriptions of changes.
    labels: dict[str, Any] = {}

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run
        self.outcomes: list[RowOutcome] = []
        # The line of each value seen, by column and value, to find duplicates in a file.
        self._lines: dict[tuple[str, Any], int] = {}

    def plan(self, table: Table) -> list[RowOutcome]:
        rows = [(record.line, record.problem, *record.cells) for record in table.records]
        dataset = Dataset(*rows, headers=[LINE, PROBLEM, *table.columns])
        self.import_data_inner(
            dataset, dry_run=True, raise_errors=False, using_transactions=False, collect_failed_rows=False
        )
        return self.outcomes

    def write(self) -> None:
        """Save what was planned. Requires a transaction."""

    def review(self) -> None:
        """Once all rows of the import are planned, refuse those that do not work together with the others."""

    def subject(self, row: dict[str, str], instance: Any) -> str:
        raise NotImplementedError

    def changes(self, original: Any, instance: Any) -> list[str]:
        """Return what changes, in words: "name: Ada → Ada King"."""
        changed = []
        for name, label in self.labels.items():
            field = self.fields[name]
            before, after = field.get_value(original), field.get_value(instance)
            if before != after:
                values = {"field": label, "before": self.shown(name, before), "after": self.shown(name, after)}
                changed.append(_("%(field)s: %(before)s → %(after)s") % values)
        return changed

    def shown(self, name: str, value: Any) -> str:
        return str(value) if value else "–"

    def refuse_second(self, column: str, value: Any, row: dict[str, Any], message: str) -> None:
        """Refuse a row whose value an earlier row has. Raises ValidationError."""
        first = self._lines.setdefault((column, value), row[LINE])
        if first != row[LINE]:
            raise ValidationError(message % {"value": value, "first": first, "second": row[LINE]})

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        if row[PROBLEM]:
            raise ValidationError(row[PROBLEM])

    def get_instance(self, instance_loader: object, row: dict[str, str]) -> Any:
        raise NotImplementedError

    def after_init_instance(self, instance: Any, new: bool, row: dict[str, str], **kwargs: Any) -> None:
        """Ignore cells that equal the stored value as exports write it, with the apostrophe before a formula."""
        if new:
            return
        for column in self.get_import_fields():
            cell = row.get(column.column_name)
            if cell and cell == str(escape_formula(column.export(instance))).strip():
                row[column.column_name] = ""

    def import_row(self, row: dict[str, Any], instance_loader: object, **kwargs: Any) -> RowResult:
        given = {column: cell for column, cell in row.items() if cell}
        result = super().import_row(row, instance_loader, **kwargs)
        if result.errors:
            raise result.errors[0].error  # a bug, not a fault of the row
        outcome, details = OUTCOMES[result.import_type], []
        if result.validation_error:
            details = [str(message) for message in result.validation_error.messages]
        elif outcome is Outcome.CHANGED:
            details = self.changes(result.original, result.instance)
        subject = self.subject(row | given, result.instance)
        self.outcomes.append(RowOutcome(row[LINE], outcome, subject, tuple(details)))
        self.run.progress(1)
        return result

    def handle_import_error(self, result: Any, error: Exception, raise_errors: bool = False) -> None:
        raise error


class TextField(Field):
    """A column of text; an empty cell leaves what is stored."""

    def __init__(self, column: str, widget: Any, attribute: str = "") -> None:
        super().__init__(attribute=attribute or column, column_name=column, widget=widget, saves_null_values=False)
