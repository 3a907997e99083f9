"""The tables for spreadsheet files, with the same figures as the pages. table_files.py makes the files.

- Times are in the reader's time zone, which the last column names.
- Figures are rounded as in classroom/rounding.py. Unknown values, and those that an anonymous class hides, are empty.
- A student has four columns: this server's number, the name, the e-mail address and the school's own ID, by which other
  systems know them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from classroom.domain.history.comparison import SessionRow, StudentRow
from classroom.domain.history.presence import Person, Presence
from classroom.domain.history.register import Register
from classroom.domain.history.summaries import StudentSummary
from classroom.measures import EXPRESSIONS, UNCERTAIN, UNREAD
from classroom.models import ClassSession, Reading, SelfReport
from classroom.rounding import rounded_minutes, rounded_share
from classroom.views.table_files import BOM, Cell, Row, TableFormat, csv_text, row_chunks

CHUNK_ROWS = 2000
ANSWERS = list(SelfReport.Answer.values)
SHARES = [*EXPRESSIONS, "negative", UNCERTAIN, UNREAD]
PERSON = ["student", "name", "email", "school_id"]
PRESENCE = ["first_joined_at", "last_left_at", "minutes_present", "rejoins", "late", "left_early"]

SESSION_HEADER = [
    *(
        "session",
        "topic",
        "started_at",
        "ended_at",
        "closed_itself",
        "enrolled",
        "attended",
        "absent",
        "late",
        "left_early",
    ),
    *(
        "mean_minutes_present",
        "readings",
        "clear_face_share",
        "students_seen",
        *SHARES,
        *ANSWERS,
        "alerts",
        "time_zone",
    ),
]
STUDENT_HEADER = [
    *(*PERSON, "minutes_present", "readings", "clear_face_share", "leading_expression", *SHARES, *ANSWERS),
]
ATTENDANCE_HEADER = [*PERSON, "attendance", *PRESENCE, "time_zone"]
STUDENT_SESSION_HEADER = [
    *("session", "topic", "started_at", "ended_at", *PERSON, *PRESENCE),
    *("readings", "clear_face_share", "leading_expression", *SHARES, *ANSWERS, "alerts", "time_zone"),
]
READING_HEADER = [
    *("captured_at", *PERSON, "faces", "expression", "uncertain", *EXPRESSIONS, "model", "time_zone"),
]


def session_table(rows: Iterable[SessionRow]) -> list[Row]:
    table: list[Row] = [SESSION_HEADER]
    for row in rows:
        summary = row.summary
        table.append(
            [
                *(*_session(row.session), int(row.session.closed_itself)),
                *(summary.enrolled, summary.attended, len(row.absent), len(row.late), len(row.left_early)),
                *(rounded_minutes(summary.minutes), summary.readings, rounded_share(summary.seen_share)),
                *(summary.seen, *_shares(summary.mix, summary.negative), *_answers(summary.answers), summary.alerts),
                timezone.get_current_timezone_name(),
            ]
        )
    return table


def student_table(students: Iterable[StudentSummary]) -> list[Row]:
    table: list[Row] = [STUDENT_HEADER]
    for student in students:
        minutes = rounded_minutes(student.minutes)
        table.append([*_person(student.presence.person), minutes, *_read(student), *_answers(student.answers)])
    return table


def attendance_table(students: Iterable[StudentSummary], absent: Iterable[Person]) -> list[Row]:
    """Those who joined, then those who were absent."""
    zone = timezone.get_current_timezone_name()
    rows = [[*_person(each.presence.person), "present", *_presence(each.presence), zone] for each in students]
    rows += [[*_person(each), "absent", None, None, 0, 0, 0, 0, zone] for each in absent]
    return [ATTENDANCE_HEADER, *rows]


def register_table(register: Register) -> list[Row]:
    """A column for each session, named by its start and topic."""
    classes = [f"{timezone.localtime(each.started_at):%Y-%m-%d %H:%M} {each.topic}" for each in register.sessions]
    rows = [
        [
            *_person(row.person),
            row.attended,
            row.absent,
            row.late,
            row.left_early,
            *(mark or None for mark in row.marks),
        ]
        for row in register.rows
    ]
    return [[*PERSON, "attended", "absent", "late", "left_early", *classes], *rows]


def student_session_table(rows: Iterable[StudentRow]) -> list[Row]:
    """One student in each session of a course."""
    table: list[Row] = [STUDENT_SESSION_HEADER]
    for row in rows:
        summary = row.summary
        table.append(
            [
                *(*_session(row.session), *_person(summary.presence.person), *_presence(summary.presence)),
                *(*_read(summary), *_answers(summary.answers), row.alerts),
                timezone.get_current_timezone_name(),
            ]
        )
    return table


def reading_chunks(
    session: ClassSession, student: User | None = None, wanted: TableFormat = TableFormat.COMMAS
) -> Iterator[str]:
    """Return the CSV of a session's readings, or of one student's, CHUNK_ROWS rows at a time.

    The time zone is that of the call, because a request's is no longer active when its response streams.
    """
    readings = Reading.objects.filter(session=session).select_related("student")
    chosen = readings.filter(student=student) if student else readings
    return _chunks(chosen, timezone.get_current_timezone(), wanted)


def _chunks(readings: QuerySet[Reading], zone: tzinfo, wanted: TableFormat) -> Iterator[str]:
    yield BOM + csv_text([READING_HEADER], wanted)
    for chunk in row_chunks(readings, "captured_at", size=CHUNK_ROWS):
        yield csv_text((_reading_row(reading, zone) for reading in chunk), wanted)


def _session(session: ClassSession) -> list[Cell]:
    return [session.pk, session.topic, _local(session.started_at), _local(session.ended_at)]


def _person(person: Person) -> list[Cell]:
    return [person.id, person.name, person.email, person.school_id]


def _presence(presence: Presence) -> list[Cell]:
    return [
        *(_local(presence.joined_at), _local(presence.left_at), rounded_minutes(presence.minutes), presence.rejoins),
        *(int(presence.late), int(presence.left_early)),
    ]


def _read(student: StudentSummary) -> list[Cell]:
    if student.is_anonymous:
        return [None, None, None, *_shares(None, None)]
    seen_share = rounded_share(student.seen_share)
    return [student.readings, seen_share, student.dominant, *_shares(student.mix, student.negative)]


def _shares(mix: Mapping[str, float] | None, negative: float | None) -> list[Cell]:
    """Return the cells of SHARES. A class stored before students were counted has no share of those without any."""
    if mix is None:
        return [None] * len(SHARES)
    shares = {**mix, "negative": negative}
    return [rounded_share(shares.get(name)) for name in SHARES]


def _answers(counts: Mapping[str, int]) -> list[Cell]:
    return [counts.get(answer, 0) for answer in ANSWERS]


def _reading_row(reading: Reading, zone: tzinfo) -> Row:
    shares, student = reading.probabilities or {}, reading.student
    return [
        *(_local(reading.captured_at, zone), student.pk, student.display_name, student.email, student.school_id),
        *(reading.faces, reading.expression, reading.uncertain),
        *(rounded_share(shares.get(name)) for name in EXPRESSIONS),
        reading.model,
        str(zone),
    ]


def _local(at: datetime | None, zone: tzinfo | None = None) -> datetime | None:
    return timezone.localtime(at, zone) if at else None
