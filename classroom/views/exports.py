"""Downloads of tables. Each has the same rows as the page that links to it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.security_log.events import gives_own_data
from classroom.domain.courses.listings import current_and_past_students
from classroom.forms.courses import PeriodForm
from classroom.models import ClassSession, Course
from classroom.views.access import course_for_staff, course_for_student, session_for_staff, session_for_student
from classroom.views.export_files import (
    attendance_file,
    reading_texts,
    readings_file,
    register_file,
    sessions_file,
    student_sessions_file,
    students_file,
)
from classroom.views.table_files import remember_format, requested_format
from classroom.views.throttling import throttle_downloads


@login_required
@require_GET
@throttle_downloads
def sessions_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sessions of a course, all or those in a period."""
    course = course_for_staff(request.user, pk)
    held = PeriodForm(request.GET).sessions_held(course)
    return remember_format(request, sessions_file(course, held, requested_format(request)))


@login_required
@require_GET
@throttle_downloads
def register_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_staff(request.user, pk)
    held = PeriodForm(request.GET).sessions_held(course)
    return remember_format(request, register_file(course, held, requested_format(request)))


@login_required
@require_GET
@throttle_downloads
def students_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    return remember_format(request, students_file(session, requested_format(request)))


@login_required
@require_GET
@throttle_downloads
def attendance_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    session = session_for_staff(request.user, pk)
    return remember_format(request, attendance_file(session, requested_format(request)))


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
    gives_own_data(request)
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
    gives_own_data(request)
    return _student_sessions_response(request, course_for_student(request.user, pk), request.user)


def _student_sessions_response(request: SignedInRequest, course: Course, student: User) -> HttpResponse:
    own = student.pk == request.user.pk
    return remember_format(request, student_sessions_file(course, student, requested_format(request), own=own))


def _readings_response(
    request: SignedInRequest, session: ClassSession, student: User | None = None
) -> HttpResponseBase:
    texts = reading_texts(session, student, requested_format(request))
    return remember_format(request, readings_file(request, session, texts))
