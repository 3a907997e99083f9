"""Pages that compare the sessions of a course: the whole class, or one student."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.courses.listings import current_and_past_students
from classroom.domain.history.comparison import (
    SessionRow,
    StudentRow,
    has_faces,
    session_rows,
    sessions_of_student,
    student_rows,
)
from classroom.domain.history.register import build_register, sessions_missed
from classroom.forms.courses import PeriodForm
from classroom.models import Course
from classroom.views.access import course_for_staff, course_for_student
from classroom.views.charts import session_charts, student_charts
from classroom.views.pagination import page_of_sessions, query_without_page
from classroom.views.table_files import format_choices
from classroom.views.throttling import throttle_comparisons
from classroom.views.viewing import records_view

# The term's page names this many students; the register has the others.
MISSING_SHOWN = 15


@login_required
@require_GET
@throttle_comparisons
@records_view("course_term")
def course_term(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compare the sessions of a course between two days."""
    course = course_for_staff(request.user, pk)
    form = PeriodForm(request.GET)
    sessions = form.sessions_held(course)
    page = page_of_sessions(sessions, request)
    register = build_register(sessions=list(sessions), now=timezone.now())
    absences = [row for row in register.rows if row.absent or row.late or row.left_early]
    absences.sort(key=lambda row: (-row.absent, -row.late, -row.left_early))
    missing = [(row, register.sessions_with(row, "absent")) for row in absences]
    rows = session_rows(sessions=list(page), now=timezone.now())
    context = {
        "course": course,
        "form": form,
        "rows": rows,
        "faces": shows_faces(course, rows),
        "charts": session_charts(rows),
        "missing": missing[:MISSING_SHOWN],
        "missing_hidden": len(missing[MISSING_SHOWN:]),
        "page": page,
        "query": query_without_page(request),
        "period": form.period,
        "formats": format_choices(request),
    }
    return render(request, "classroom/course_comparison.html", context, status=200 if form.is_valid() else 422)


@login_required
@require_GET
@throttle_comparisons
@records_view("course_student")
def course_student(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    """Compare the sessions of one student, for the staff of the course."""
    course = course_for_staff(request.user, pk)
    student = get_object_or_404(current_and_past_students(course), pk=student_pk)
    return _student_comparison(request, course, student)


@login_required
@require_GET
@throttle_comparisons
def course_mine(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same page for the student themselves."""
    return _student_comparison(request, course_for_student(request.user, pk), request.user)


def shows_faces(course: Course, rows: Sequence[SessionRow | StudentRow]) -> bool:
    """Return whether a page about these sessions has figures read from faces. The course may have turned its cameras on
    or off since."""
    return any(has_faces(row) for row in rows) if rows else course.reads_faces


def _student_comparison(request: SignedInRequest, course: Course, student: User) -> HttpResponse:
    is_me = student.pk == request.user.pk
    page = page_of_sessions(sessions_of_student(course=course, student=student, own=is_me), request)
    rows = student_rows(sessions=list(page), student=student, now=timezone.now(), own=is_me)
    has_names = is_me or not course.is_anonymous
    context = {
        "course": course,
        "student": student,
        "is_me": is_me,
        "rows": rows,
        "faces": shows_faces(course, rows) if has_names else any(row.summary.was_read for row in rows),
        "some_anonymous": any(row.session.is_anonymous for row in rows),
        "charts": student_charts(rows),
        "missed": list(sessions_missed(course=course, student=student)),
        "page": page,
        "query": query_without_page(request),
        "formats": format_choices(request),
    }
    return render(request, "classroom/student_comparison.html", context)
