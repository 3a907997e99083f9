"""Tables as files for spreadsheets, in the format that the reader has chosen.

- CSV (RFC 4180) is UTF-8 with a byte order mark. Without it Excel assumes another encoding and breaks every name that
  is not ASCII; other programs skip it. Times are ISO 8601 with their UTC offset.
- Spreadsheets in countries with a decimal comma expect semicolons between cells. They open a file with commas in a
  single column and take 1.5 for a date.
- In a workbook, text stays text: a leading zero survives, and nothing runs. Times are in the table's time zone.
- In CSV, text that a spreadsheet would run as a formula gets an apostrophe in front.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from classroom.spreadsheets import escape_formula
from classroom.views.downloads import Response, as_attachment

Cell = str | int | float | datetime | None
Row = Sequence[Cell]
M = TypeVar("M", bound=Model)

BOM = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_FILE_NAME = 100
COOKIE = "attune_table_format"
COOKIE_AGE_S = 365 * 24 * 3600
MAX_COLUMN_WIDTH = 40


class TableFormat(TextChoices):
    COMMAS = "csv", _("CSV with commas")
    SEMICOLONS = "semicolons", _("CSV with semicolons")
    XLSX = "xlsx", _("Excel (.xlsx)")


def row_chunks(rows: QuerySet[M], moment: str, *, size: int, newest_first: bool = False) -> Iterator[list[M]]:
    """Return the rows in the order of the field `moment`, `size` at a time. Each chunk is a separate query, so no
    database cursor stays open while the client downloads."""
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    ordered = rows.order_by(f"{sign}{moment}", f"{sign}pk")
    chunk = list(ordered[:size])
    while chunk:
        yield chunk
        if len(chunk) < size:
            return
        last = chunk[-1]
        at = getattr(last, moment)
        following = Q(**{f"{moment}__{beyond}": at}) | Q(**{moment: at, f"pk__{beyond}": last.pk})
        # The second condition follows from the first, but lets the database use the index.
        chunk = list(ordered.filter(following, **{f"{moment}__{beyond}e": at})[:size])


def requested_format(request: HttpRequest) -> TableFormat:
    """Return the format in the query string, or CSV without one, so that a URL always gives the same file."""
    wanted = request.GET.get("format", "")
    return TableFormat(wanted) if wanted in TableFormat.values else TableFormat.COMMAS


def format_choices(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the formats for a menu, starting with the one last chosen in this browser."""
    remembered = request.COOKIES.get(COOKIE)
    chosen = remembered if remembered in TableFormat.values else TableFormat.COMMAS
    return [{"value": each.value, "label": each.label, "chosen": each == chosen} for each in TableFormat]


def table_response(request: HttpRequest, table: Iterable[Row], *name: str) -> HttpResponse:
    """Return the table as a download in the requested format."""
    return remember_format(request, table_file(table, requested_format(request), *name))


def table_file(table: Iterable[Row], wanted: TableFormat, *name: str) -> HttpResponse:
    """Return the table as a download in the format."""
    if wanted is TableFormat.XLSX:
        response = HttpResponse(xlsx_bytes(table), content_type=XLSX_TYPE)
        return as_attachment(response, file_name(*name, suffix="xlsx"))
    content = BOM + csv_text(table, wanted)
    return as_attachment(HttpResponse(content, content_type=CSV_TYPE), file_name(*name))


def remember_format(request: HttpRequest, response: Response) -> Response:
    """Make menus in this browser start with the chosen format."""
    if request.GET.get("format") in TableFormat.values:
        response.set_cookie(
            COOKIE,
            request.GET["format"],
            max_age=COOKIE_AGE_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def csv_text(table: Iterable[Row], wanted: TableFormat = TableFormat.COMMAS) -> str:
    """Return the table as CSV, without the byte order mark."""
    has_semicolons = wanted is TableFormat.SEMICOLONS
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";" if has_semicolons else ",")
    writer.writerows([_csv_cell(cell, decimal_comma=has_semicolons) for cell in row] for row in table)
    return file.getvalue()


def xlsx_bytes(table: Iterable[Row]) -> bytes:
    """Return the table as a workbook with one sheet, whose first row stays in view."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet()
        time_format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        widths: list[int] = []
        for row_number, row in enumerate(table):
            for column, cell in enumerate(row):
                _write_cell(sheet, row_number, column, cell, time_format)
            widths = widths or [len(str(cell)) for cell in row]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(width + 2, 12), MAX_COLUMN_WIDTH))
    return file.getvalue()


def file_name(*parts: str, suffix: str = "csv") -> str:
    """Return a file name that every operating system accepts, whatever the parts contain."""
    joined = unicodedata.normalize("NFC", " ".join(parts))
    printable = "".join(" " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in joined)
    allowed = re.sub(r"\s+", " ", re.sub(r'[<>:"/\\|?*%;]', " ", printable)).strip(" .")
    return f"{allowed[:MAX_FILE_NAME].strip(' .') or 'export'}.{suffix}"


def _csv_cell(cell: Cell, *, decimal_comma: bool) -> Cell:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="milliseconds")
    if isinstance(cell, float) and decimal_comma:
        return str(cell).replace(".", ",")
    return escape_formula(cell)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, time_format: Any) -> None:
    # write() would guess that "=1+1" is a formula and an address a link.
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, time_format)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)
