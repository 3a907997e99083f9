"""Pages that compare the sessions of a course: the whole class, or one student."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.history.comparison import SessionRow, StudentRow, session_rows, sessions_of_student, student_rows
from classroom.domain.listings import current_and_past_students
from classroom.forms.courses import PeriodForm
from classroom.models import Course
from classroom.views.access import course_for_student, course_for_teacher
from classroom.views.charts import session_charts, student_charts
from classroom.views.pagination import page_of_sessions, query_without_page
from classroom.views.table_files import format_choices


@login_required
@require_GET
def course_term(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compare the sessions of a course between two days."""
    course = course_for_teacher(request.user, pk)
    form = PeriodForm(request.GET)
    page = page_of_sessions(form.sessions_held(course), request)
    rows = session_rows(sessions=list(page), now=timezone.now())
    context = {
        "course": course,
        "form": form,
        "rows": rows,
        "faces": shows_faces(course, rows),
        "charts": session_charts(rows),
        "page": page,
        "query": query_without_page(request),
        "period": form.period,
        "formats": format_choices(request),
    }
    return render(request, "classroom/course_comparison.html", context, status=200 if form.is_valid() else 422)


@login_required
@require_GET
def course_student(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    """Compare the sessions of one student, for the course's teachers."""
    course = course_for_teacher(request.user, pk)
    student = get_object_or_404(current_and_past_students(course), pk=student_pk)
    return _student_comparison(request, course, student)


@login_required
@require_GET
def course_mine(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same page for the student themselves."""
    return _student_comparison(request, course_for_student(request.user, pk), request.user)


def shows_faces(course: Course, rows: Sequence[SessionRow | StudentRow]) -> bool:
    """Return whether a page about these sessions has figures read from faces: a course that uses no cameras now may
    have used them earlier."""
    return course.reads_faces or any(row.summary.readings for row in rows)


def _student_comparison(request: SignedInRequest, course: Course, student: User) -> HttpResponse:
    page = page_of_sessions(sessions_of_student(course=course, student=student), request)
    rows = student_rows(sessions=list(page), student=student, now=timezone.now())
    context = {
        "course": course,
        "student": student,
        "is_me": student.pk == request.user.pk,
        "rows": rows,
        "faces": shows_faces(course, rows),
        "charts": student_charts(rows),
        "page": page,
        "query": query_without_page(request),
        "formats": format_choices(request),
    }
    return render(request, "classroom/student_comparison.html", context)
