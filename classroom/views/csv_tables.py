"""CSV tables for spreadsheets, with the same figures as the pages.

- Files are UTF-8 with a byte order mark. Without it Excel assumes another encoding and breaks every name that is not
  ASCII; other programs skip it.
- Times are ISO 8601 with the offset of the reader's time zone, which the last column names.
- Figures are rounded as in classroom/rounding.py. Unknown values are empty.
- Text that a spreadsheet would run as a formula gets an apostrophe in front.
"""

import csv
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from asgiref.sync import sync_to_async
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from classroom.domain.history.comparison import SessionRow, StudentRow
from classroom.domain.history.summaries import StudentSummary
from classroom.measures import EXPRESSIONS, Probabilities, negative_share
from classroom.models import ClassSession, Reading, SelfReport
from classroom.rounding import rounded_minutes, rounded_share

Cell = str | int | float | None
Row = Sequence[Cell]

BOM = "\ufeff"
# East Asian spreadsheets also accept full-width signs. Locales with a decimal comma separate cells by semicolons, and
# there quotes protect only a cell at the start of a line.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")
CHUNK_ROWS = 2000
MAX_FILE_NAME = 100
ANSWERS = list(SelfReport.Answer.values)
SHARES = [*EXPRESSIONS, "negative"]

SESSION_HEADER = [
    *("session", "topic", "started_at", "ended_at", "closed_itself", "enrolled", "attended", "mean_minutes_present"),
    *("readings", "clear_face_share", "students_seen", *SHARES, *ANSWERS, "alerts", "time_zone"),
]
STUDENT_HEADER = [
    *("student", "name", "minutes_present", "readings", "clear_face_share", "leading_expression", *SHARES, *ANSWERS),
]
ATTENDANCE_HEADER = ["student", "name", "first_joined_at", "last_left_at", "minutes_present", "rejoins", "time_zone"]
STUDENT_SESSION_HEADER = [
    *("session", "topic", "started_at", "ended_at", "first_joined_at", "last_left_at", "minutes_present", "rejoins"),
    *("readings", "clear_face_share", "leading_expression", *SHARES, *ANSWERS, "alerts", "time_zone"),
]
READING_HEADER = [
    *("captured_at", "student", "name", "faces", "expression", "uncertain", *EXPRESSIONS, "model", "time_zone"),
]


def session_table(rows: Iterable[SessionRow]) -> list[Row]:
    table: list[Row] = [SESSION_HEADER]
    for row in rows:
        summary = row.summary
        table.append(
            [
                *(*_session(row.session), int(row.session.closed_itself)),
                *(summary.enrolled, summary.attended, rounded_minutes(summary.minutes)),
                *(summary.readings, rounded_share(summary.seen_share), summary.seen),
                *(*_shares(summary.mean), *_answers(summary.answers), summary.alerts),
                timezone.get_current_timezone_name(),
            ]
        )
    return table


def student_table(students: Iterable[StudentSummary]) -> list[Row]:
    table: list[Row] = [STUDENT_HEADER]
    for student in students:
        minutes = rounded_minutes(student.minutes)
        table.append([student.id, student.name, minutes, *_read(student), *_answers(student.answers)])
    return table


def attendance_table(students: Iterable[StudentSummary]) -> list[Row]:
    zone = timezone.get_current_timezone_name()
    return [ATTENDANCE_HEADER, *([each.id, each.name, *_attendance(each), zone] for each in students)]


def student_session_table(rows: Iterable[StudentRow]) -> list[Row]:
    """One student in each session of a course."""
    table: list[Row] = [STUDENT_SESSION_HEADER]
    for row in rows:
        summary = row.summary
        table.append(
            [
                *(*_session(row.session), *_attendance(summary)),
                *(*_read(summary), *_answers(summary.answers), row.alerts),
                timezone.get_current_timezone_name(),
            ]
        )
    return table


def csv_text(table: Iterable[Row]) -> str:
    """Return the table as CSV (RFC 4180), without the byte order mark."""
    file = io.StringIO()
    csv.writer(file).writerows([escape_formula(cell) for cell in row] for row in table)
    return file.getvalue()


def escape_formula(cell: Cell) -> Cell:
    return FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def file_name(*parts: str) -> str:
    """Return a file name that every operating system accepts, whatever the parts contain."""
    joined = unicodedata.normalize("NFC", " ".join(parts))
    printable = "".join(" " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in joined)
    allowed = re.sub(r"\s+", " ", re.sub(r'[<>:"/\\|?*%;]', " ", printable)).strip(" .")
    return f"{allowed[:MAX_FILE_NAME].strip(' .') or 'export'}.csv"


def reading_chunks(session: ClassSession, student: User | None = None) -> Iterator[str]:
    """Return the CSV of a session's readings, or of one student's, CHUNK_ROWS rows at a time.

    Each chunk is a query of its own, so no database cursor stays open while the client downloads. The time zone is that
    of the call: when a response streams, that of its request is no longer active.
    """
    readings = Reading.objects.filter(session=session).select_related("student").order_by("captured_at", "pk")
    return _chunks(readings.filter(student=student) if student else readings, timezone.get_current_timezone())


def _chunks(readings: QuerySet[Reading], zone: tzinfo) -> Iterator[str]:
    yield BOM + csv_text([READING_HEADER])
    chunk = list(readings[:CHUNK_ROWS])
    while chunk:
        yield csv_text(_reading_row(reading, zone) for reading in chunk)
        if len(chunk) < CHUNK_ROWS:
            return
        last = chunk[-1]
        later = Q(captured_at__gt=last.captured_at) | Q(captured_at=last.captured_at, pk__gt=last.pk)
        # The second condition follows from the first; with it the database can use the index.
        chunk = list(readings.filter(later, captured_at__gte=last.captured_at)[:CHUNK_ROWS])


async def as_async(chunks: Iterator[str]) -> AsyncIterator[str]:
    """Yield the chunks without blocking the event loop on the database."""
    next_chunk = sync_to_async(lambda: next(chunks, None))
    while (chunk := await next_chunk()) is not None:
        yield chunk


def _session(session: ClassSession) -> list[Cell]:
    return [session.pk, session.topic, _iso(session.started_at), _iso(session.ended_at)]


def _attendance(student: StudentSummary) -> list[Cell]:
    return [_iso(student.joined_at), _iso(student.left_at), rounded_minutes(student.minutes), student.rejoins]


def _read(student: StudentSummary) -> list[Cell]:
    return [student.readings, rounded_share(student.seen_share), student.dominant, *_shares(student.shares)]


def _shares(shares: Probabilities | None) -> list[Cell]:
    if shares is None:
        return [None] * len(SHARES)
    return [*(rounded_share(shares[name]) for name in EXPRESSIONS), rounded_share(negative_share(shares))]


def _answers(counts: Mapping[str, int]) -> list[Cell]:
    return [counts.get(answer, 0) for answer in ANSWERS]


def _reading_row(reading: Reading, zone: tzinfo) -> Row:
    shares = reading.probabilities or {}
    return [
        *(_iso(reading.captured_at, zone), reading.student_id, reading.student.display_name, reading.faces),
        *(reading.expression, reading.uncertain),
        *(rounded_share(shares.get(name)) for name in EXPRESSIONS),
        reading.model,
        str(zone),
    ]


def _iso(at: datetime | None, zone: tzinfo | None = None) -> str | None:
    """Return the local time to the millisecond, with its UTC offset."""
    return timezone.localtime(at, zone).isoformat(timespec="milliseconds") if at else None
