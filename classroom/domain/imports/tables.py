"""A file as a table: its kind, its columns and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from classroom.domain.imports.columns import Kind, is_known, kind_of, match_columns
from classroom.domain.imports.files import Encoding, Record, Separator, Unreadable, decode, likely_separator, records
from classroom.models import Term


@dataclass(frozen=True)
class Reading:
    """How to read a file; None is detected."""

    encoding: Encoding | None = None
    separator: Separator | None = None


@dataclass(frozen=True)
class Table:
    """The rows of a file, or of a part of a bundle. `notes` say in words what is left out."""

    kind: Kind
    name: str
    columns: Sequence[str]
    records: Sequence[Record]
    encoding: Encoding = Encoding.UTF_8
    separator: Separator = Separator.COMMA
    notes: Sequence[str] = ()
    # Terms that the file describes, for courses whose term is not stored yet.
    terms: Sequence[Term] = ()

    @property
    def how_read(self) -> str:
        """Describe how the file was read, and what was left out."""
        words = {"encoding": self.encoding.label, "separator": self.separator.label}
        return "; ".join([_("read as %(encoding)s, separated by %(separator)s") % words, *self.notes])

    def column(self, name: str) -> list[str]:
        """Return the cells of a column; none if the table lacks it."""
        if name not in self.columns:
            return []
        index = list(self.columns).index(name)
        return [record.cells[index] for record in self.records]


def read_table(content: bytes, *, name: str, kind: Kind | None = None, reading: Reading = Reading()) -> Table:
    """Raises Unreadable."""
    text, encoding = decode(content, reading.encoding)
    separator = reading.separator or likely_separator(text, is_known)
    rows = records(text, separator)
    header = next(rows, None)
    if header is None:
        raise Unreadable(_("The file is empty."))
    kind = kind or kind_of(header.cells)
    columns = match_columns(kind, header.cells)
    ignored = [cell for cell, column in zip(header.cells, columns, strict=True) if not column and cell]
    table = [_known_cells(row, columns) for row in rows]
    if not table:
        raise Unreadable(_("The file has a header, but no rows."))
    return Table(
        kind=kind,
        name=name,
        columns=[column for column in columns if column],
        records=table,
        encoding=encoding,
        separator=separator,
        notes=[_("ignored columns: %(columns)s") % {"columns": ", ".join(ignored)}] if ignored else [],
    )


def _known_cells(row: Record, columns: Sequence[str | None]) -> Record:
    """Cells that are missing at the end of a row are empty: some programs leave them out."""
    problem = ""
    if any(row.cells[len(columns) :]):
        counts = {"cells": len(row.cells), "columns": len(columns)}
        problem = _("the row has %(cells)s cells, the header %(columns)s") % counts
    padded = row.cells + [""] * (len(columns) - len(row.cells))
    return Record(row.line, [cell for cell, column in zip(padded, columns, strict=False) if column], problem)
