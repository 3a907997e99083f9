"""Tables for a spreadsheet, with the figures of the pages.

UTF-8 with a byte order mark: without it Excel takes the file for another encoding and breaks every name that is not
ASCII; other programs skip the mark. Times are ISO 8601 with the offset of TIME_ZONE; figures are rounded as
classroom/rounding.py says; a figure that is not known is empty. A text that a spreadsheet would take for a formula gets
an apostrophe before it.
"""

import csv
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

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
# A spreadsheet in an East Asian locale reads the wide forms too; where a comma parts decimals, a semicolon parts cells,
# and quotes do not hold a cell together that does not begin the line.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠]|[\t\r\n])")
BATCH = 2000
LONGEST_NAME = 100
ANSWERS = list(SelfReport.Answer.values)
SHARES = [*EXPRESSIONS, "negative"]

SESSION_HEAD = [
    *("session", "topic", "started_at", "ended_at", "closed_itself", "enrolled", "attended", "mean_minutes_present"),
    *("readings", "clear_face_share", "students_seen", *SHARES, *ANSWERS, "alerts"),
]
STUDENT_HEAD = [
    *("student", "name", "minutes_present", "readings", "clear_face_share", "leading_expression", *SHARES, *ANSWERS),
]
ATTENDANCE_HEAD = ["student", "name", "first_joined_at", "last_left_at", "minutes_present", "rejoins"]
WAY_HEAD = [
    *("session", "topic", "started_at", "ended_at", "first_joined_at", "last_left_at", "minutes_present", "rejoins"),
    *("readings", "clear_face_share", "leading_expression", *SHARES, *ANSWERS, "alerts"),
]
READING_HEAD = ["captured_at", "student", "name", "faces", "expression", "uncertain", *EXPRESSIONS, "model"]


def session_lines(rows: Iterable[SessionRow]) -> list[Row]:
    return [SESSION_HEAD, *(_session_line(row) for row in rows)]


def student_lines(students: Iterable[StudentSummary]) -> list[Row]:
    return [STUDENT_HEAD, *(_student_line(student) for student in students)]


def attendance_lines(students: Iterable[StudentSummary]) -> list[Row]:
    return [ATTENDANCE_HEAD, *([each.id, each.name, *_attendance(each)] for each in students)]


def way_lines(rows: Iterable[StudentRow]) -> list[Row]:
    """One student over the sessions of a course."""
    return [WAY_HEAD, *(_way_line(row) for row in rows)]


def csv_text(lines: Iterable[Row]) -> str:
    """The lines as CSV (RFC 4180), without the mark."""
    file = io.StringIO()
    csv.writer(file).writerows([safe(cell) for cell in line] for line in lines)
    return file.getvalue()


def safe(cell: Cell) -> Cell:
    """The cell as no spreadsheet takes it for a formula. Numbers stay numbers."""
    return FORMULA.sub(r"\1'", cell) if isinstance(cell, str) else cell


def file_name(*parts: str) -> str:
    """A name for a file that every system takes, whatever the parts are called."""
    joined = unicodedata.normalize("NFC", " ".join(parts))
    printable = "".join(" " if unicodedata.category(sign).startswith(("C", "Z")) else sign for sign in joined)
    kept = re.sub(r"\s+", " ", re.sub(r'[<>:"/\\|?*%;]', " ", printable)).strip(" .")
    return f"{kept[:LONGEST_NAME].strip(' .') or 'export'}.csv"


def reading_texts(session: ClassSession, student: User | None = None) -> Iterator[str]:
    """The CSV of a session's readings, or of one student's, in pieces of BATCH rows. No cursor stays open between."""
    yield BOM + csv_text([READING_HEAD])
    readings = Reading.objects.filter(session=session).select_related("student").order_by("captured_at", "pk")
    readings = readings.filter(student=student) if student else readings
    batch = list(readings[:BATCH])
    while batch:
        yield csv_text(_reading_line(reading) for reading in batch)
        batch = list(_after(readings, batch[-1])[:BATCH]) if len(batch) == BATCH else []


async def without_blocking(texts: Iterator[str]) -> AsyncIterator[str]:
    """The same pieces for a server that must not wait for the database."""
    following = sync_to_async(lambda: next(texts, None))
    while (text := await following()) is not None:
        yield text


def _after(readings: QuerySet[Reading], last: Reading) -> QuerySet[Reading]:
    later = Q(captured_at__gt=last.captured_at) | Q(captured_at=last.captured_at, pk__gt=last.pk)
    return readings.filter(later, captured_at__gte=last.captured_at)


def _session_line(row: SessionRow) -> Row:
    session, summary = row.session, row.summary
    return [
        *(session.pk, session.topic, iso(session.started_at), iso(session.ended_at), int(session.closed_itself)),
        *(summary.enrolled, summary.attended, rounded_minutes(summary.minutes)),
        *(summary.readings, rounded_share(summary.seen_share), summary.seen),
        *(*_shares(summary.mean), *_answers(summary.answers), summary.alerts),
    ]


def _student_line(student: StudentSummary) -> Row:
    return [student.id, student.name, rounded_minutes(student.minutes), *_read(student), *_answers(student.answers)]


def _way_line(row: StudentRow) -> Row:
    session, student = row.session, row.summary
    return [
        *(session.pk, session.topic, iso(session.started_at), iso(session.ended_at), *_attendance(student)),
        *(*_read(student), *_answers(student.answers), row.alerts),
    ]


def _reading_line(reading: Reading) -> Row:
    shares = reading.probabilities or {}
    return [
        *(iso(reading.captured_at), reading.student_id, reading.student.name, reading.faces),
        *(reading.expression, reading.uncertain),
        *(rounded_share(shares.get(name)) for name in EXPRESSIONS),
        reading.model,
    ]


def _attendance(student: StudentSummary) -> list[Cell]:
    return [iso(student.joined_at), iso(student.left_at), rounded_minutes(student.minutes), student.rejoins]


def _read(student: StudentSummary) -> list[Cell]:
    return [student.readings, rounded_share(student.seen_share), student.dominant, *_shares(student.shares)]


def _shares(shares: Probabilities | None) -> list[Cell]:
    if shares is None:
        return [None] * (len(EXPRESSIONS) + 1)
    return [*(rounded_share(shares[name]) for name in EXPRESSIONS), rounded_share(negative_share(shares))]


def _answers(counts: Mapping[str, int]) -> list[Cell]:
    return [counts.get(answer, 0) for answer in ANSWERS]


def iso(at: datetime | None) -> str | None:
    """To the millisecond, with the offset."""
    return timezone.localtime(at).isoformat(timespec="milliseconds") if at else None
