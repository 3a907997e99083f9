"""Downloads of tables. Each has the same rows as the page that links to it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.courses.listings import current_and_past_students
from classroom.domain.history.comparison import session_rows, sessions_of_student, student_rows
from classroom.domain.history.presence import absentees
from classroom.domain.history.summaries import student_summaries
from classroom.forms.courses import PeriodForm
from classroom.models import ClassSession, Course
from classroom.views import csv_tables
from classroom.views.access import course_for_staff, course_for_student, session_for_staff, session_for_student
from classroom.views.downloads import stream_response
from classroom.views.table_files import (
    CSV_TYPE,
    TableFormat,
    as_download,
    file_name,
    requested_format,
    table_response,
)
from classroom.views.throttling import throttle_downloads


@login_required
@require_GET
@throttle_downloads
def sessions_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sessions of a course, all or those in a period."""
    course = course_for_staff(request.user, pk)
    sessions = PeriodForm(request.GET).sessions_held(course)
    rows = session_rows(sessions=list(sessions), now=timezone.now())
    return table_response(request, csv_tables.session_table(rows), course.name, "sessions")


@login_required
@require_GET
@throttle_downloads
def students_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    students = student_summaries(session=session, now=timezone.now())
    return table_response(request, csv_tables.student_table(students), *_name(session, "students"))


@login_required
@require_GET
@throttle_downloads
def attendance_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    students = student_summaries(session=session, now=timezone.now())
    joined = {(session.pk, student.id) for student in students}
    absent = absentees(sessions=[session], joined=joined)[session.pk]
    return table_response(request, csv_tables.attendance_table(students, absent), *_name(session, "attendance"))


@login_required
@require_GET
@throttle_downloads
def readings_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    session = session_for_staff(request.user, pk)
    if session.is_anonymous:
        raise Http404
    return _readings_response(request, session)


@login_required
@require_GET
@throttle_downloads
def my_readings_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    return _readings_response(request, session_for_student(request.user, pk), request.user)


@login_required
@require_GET
@throttle_downloads
def student_sessions_csv(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    course = course_for_staff(request.user, pk)
    return _student_sessions_response(
        request, course, get_object_or_404(current_and_past_students(course), pk=student_pk)
    )


@login_required
@require_GET
@throttle_downloads
def my_sessions_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    return _student_sessions_response(request, course_for_student(request.user, pk), request.user)


def _student_sessions_response(request: SignedInRequest, course: Course, student: User) -> HttpResponse:
    own = student.pk == request.user.pk
    sessions = list(sessions_of_student(course=course, student=student, own=own))
    rows = student_rows(sessions=sessions, student=student, now=timezone.now(), own=own)
    return table_response(request, csv_tables.student_session_table(rows), course.name, student.display_name)


def _readings_response(
    request: SignedInRequest, session: ClassSession, student: User | None = None
) -> HttpResponseBase:
    """Always CSV: a class of 300 gives more rows than a workbook holds comfortably, and CSV streams."""
    wanted = requested_format(request)
    separator = TableFormat.COMMAS if wanted is TableFormat.XLSX else wanted
    chunks = csv_tables.reading_chunks(session, student, separator)
    response = stream_response(request, chunks, content_type=CSV_TYPE)
    return as_download(request, response, file_name(*_name(session, "readings")))


def _name(session: ClassSession, content: str) -> list[str]:
    day = timezone.localtime(session.started_at).date().isoformat()
    return [session.course.name, session.topic, day, content]
