"""The files of classes and courses that pages and the REST API offer. The caller decides who may have them."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.models import User
from classroom.domain.history.comparison import session_rows, sessions_of_student, student_rows
from classroom.domain.history.presence import absentees
from classroom.domain.history.register import build_register
from classroom.domain.history.summaries import student_summaries
from classroom.models import ClassSession, Course
from classroom.views import csv_tables
from classroom.views.downloads import as_attachment, stream_response
from classroom.views.table_files import CSV_TYPE, TableFormat, file_name, table_file


def sessions_file(course: Course, sessions: Iterable[ClassSession], wanted: TableFormat) -> HttpResponse:
    rows = session_rows(sessions=list(sessions), now=timezone.now())
    return table_file(csv_tables.session_table(rows), wanted, course.name, "sessions")


def register_file(course: Course, sessions: Iterable[ClassSession], wanted: TableFormat) -> HttpResponse:
    register = build_register(sessions=list(sessions), now=timezone.now())
    return table_file(csv_tables.register_table(register), wanted, course.name, "register")


def students_file(session: ClassSession, wanted: TableFormat) -> HttpResponse:
    students = student_summaries(session=session, now=timezone.now())
    return table_file(csv_tables.student_table(students), wanted, *_name(session, "students"))


def attendance_file(session: ClassSession, wanted: TableFormat) -> HttpResponse:
    students = student_summaries(session=session, now=timezone.now())
    joined = {(session.pk, student.id) for student in students}
    absent = absentees(sessions=[session], joined=joined)[session.pk]
    return table_file(csv_tables.attendance_table(students, absent), wanted, *_name(session, "attendance"))


def student_sessions_file(course: Course, student: User, wanted: TableFormat, *, own: bool) -> HttpResponse:
    """`own`: for the student themselves."""
    sessions = list(sessions_of_student(course=course, student=student, own=own))
    rows = student_rows(sessions=sessions, student=student, now=timezone.now(), own=own)
    return table_file(csv_tables.student_session_table(rows), wanted, course.name, student.display_name)


def reading_texts(session: ClassSession, student: User | None, wanted: TableFormat) -> Iterator[str]:
    """The file of a class's readings, or of one student's, in pieces. Always CSV: a class of 300 has more rows than a
    workbook holds comfortably, and CSV streams."""
    separator = TableFormat.COMMAS if wanted is TableFormat.XLSX else wanted
    return csv_tables.reading_chunks(session, student, separator)


def readings_file(request: HttpRequest, session: ClassSession, texts: Iterator[str]) -> HttpResponseBase:
    response = stream_response(request, texts, content_type=CSV_TYPE)
    return as_attachment(response, file_name(*_name(session, "readings")))


def _name(session: ClassSession, content: str) -> list[str]:
    day = timezone.localtime(session.started_at).date().isoformat()
    return [session.course.name, session.topic, day, content]
