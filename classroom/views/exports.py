"""Downloads. Each takes the rows of the page it belongs to."""

from collections.abc import Iterable
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.history.comparison import session_rows, sessions_of_student, student_rows
from classroom.domain.history.summaries import student_summaries
from classroom.domain.listings import current_and_past_students
from classroom.forms.courses import TermForm
from classroom.models import ClassSession, Course
from classroom.views import csv_tables
from classroom.views.access import course_of_student, course_taught, session_attended, session_taught
from classroom.views.history import held_in
from classroom.views.throttling import throttle_downloads

Response = TypeVar("Response", bound=HttpResponseBase)
CSV = "text/csv; charset=utf-8"


@login_required
@require_GET
@throttle_downloads
def sessions_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sessions of a course, or of a term of it."""
    course = course_taught(request.user, pk)
    rows = session_rows(sessions=list(held_in(course, TermForm(request.GET))), now=timezone.now())
    return _whole(csv_tables.session_lines(rows), csv_tables.file_name(course.name, "sessions"))


@login_required
@require_GET
@throttle_downloads
def students_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_taught(request.user, pk)
    students = student_summaries(session=session, now=timezone.now())
    return _whole(csv_tables.student_lines(students), _name(session, "students"))


@login_required
@require_GET
@throttle_downloads
def attendance_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_taught(request.user, pk)
    students = student_summaries(session=session, now=timezone.now())
    return _whole(csv_tables.attendance_lines(students), _name(session, "attendance"))


@login_required
@require_GET
@throttle_downloads
def readings_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    return _readings(request, session_taught(request.user, pk))


@login_required
@require_GET
@throttle_downloads
def my_readings_csv(request: SignedInRequest, pk: int) -> HttpResponseBase:
    return _readings(request, session_attended(request.user, pk), request.user)


@login_required
@require_GET
@throttle_downloads
def student_sessions_csv(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    course = course_taught(request.user, pk)
    return _way(course, get_object_or_404(current_and_past_students(course), pk=student_pk))


@login_required
@require_GET
@throttle_downloads
def my_sessions_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    return _way(course_of_student(request.user, pk), request.user)


def _way(course: Course, student: User) -> HttpResponse:
    sessions = list(sessions_of_student(course=course, student=student))
    rows = student_rows(sessions=sessions, student=student, now=timezone.now())
    return _whole(csv_tables.way_lines(rows), csv_tables.file_name(course.name, student.name))


def _whole(lines: Iterable[csv_tables.Row], name: str) -> HttpResponse:
    response = HttpResponse(csv_tables.BOM + csv_tables.csv_text(lines), content_type=CSV)
    return _as_file(response, name)


def _readings(request: SignedInRequest, session: ClassSession, student: User | None = None) -> HttpResponseBase:
    texts = csv_tables.reading_texts(session, student)
    # Django would gather the whole of a synchronous stream in memory under ASGI.
    stream = csv_tables.without_blocking(texts) if isinstance(request, ASGIRequest) else texts
    return _as_file(StreamingHttpResponse(stream, content_type=CSV), _name(session, "readings"))


def _as_file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _name(session: ClassSession, what: str) -> str:
    day = timezone.localtime(session.started_at).date().isoformat()
    return csv_tables.file_name(session.course.name, session.topic, day, what)
