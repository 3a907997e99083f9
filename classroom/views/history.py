"""Sessions side by side: a course's term, and one student's way through it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.history.comparison import SessionRow, StudentRow, session_rows, sessions_held, sessions_of_student
from classroom.domain.history.comparison import student_rows as rows_of_student
from classroom.domain.listings import current_and_past_students
from classroom.forms.courses import TermForm
from classroom.models import ClassSession, Course
from classroom.rounding import whole_minutes, whole_percent
from classroom.views.access import course_of_student, course_taught
from classroom.views.charts import BarChart, bar_chart

PER_PAGE = 20


@login_required
@require_GET
def course_term(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sessions of a course between two days."""
    course = course_taught(request.user, pk)
    form = TermForm(request.GET)
    page = page_of(held_in(course, form), request)
    rows = session_rows(sessions=list(page), now=timezone.now())
    context = {
        "course": course,
        "form": form,
        "rows": rows,
        "faces": has_faces(course, rows),
        "charts": session_charts(rows),
        "page": page,
        "query": query_without_page(request),
    }
    return render(request, "classroom/course_comparison.html", context, status=200 if form.is_valid() else 422)


@login_required
@require_GET
def course_student(request: SignedInRequest, pk: int, student_pk: int) -> HttpResponse:
    """A student's way through the course, for its teacher."""
    course = course_taught(request.user, pk)
    student = get_object_or_404(current_and_past_students(course), pk=student_pk)
    return _way(request, course, student)


@login_required
@require_GET
def course_mine(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same, for the student herself."""
    return _way(request, course_of_student(request.user, pk), request.user)


def held_in(course: Course, form: TermForm) -> QuerySet[ClassSession]:
    """The course's sessions in the term that the form names; none if it cannot be."""
    if not form.is_valid():
        return course.sessions.none()
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    return sessions_held(
        course=course,
        since=_midnight(since) if since else None,
        before=_midnight(until + timedelta(days=1)) if until else None,
    )


def page_of(sessions: QuerySet[ClassSession], request: SignedInRequest) -> Page:
    return Paginator(sessions, PER_PAGE).get_page(request.GET.get("page"))


def query_without_page(request: SignedInRequest) -> str:
    """The query string that leads to other pages of the same list."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def has_faces(course: Course, rows: Sequence[SessionRow | StudentRow]) -> bool:
    """Whether a page about the sessions speaks of faces; a course without cameras may have had them once."""
    return course.reads_faces or any(row.summary.readings for row in rows)


def session_charts(rows: Sequence[SessionRow]) -> list[BarChart]:
    """Of sessions newest first; the charts run from the oldest to the newest."""
    oldest_first = rows[::-1]
    enrolled = max([row.summary.enrolled for row in rows] + [row.summary.attended for row in rows] + [1])
    return [
        bar_chart(
            label=_("Students who attended"),
            top=str(enrolled),
            most=enrolled,
            values=[(_title(row, str(row.summary.attended)), row.summary.attended) for row in oldest_first],
        ),
        *_share_charts(oldest_first),
    ]


def _way(request: SignedInRequest, course: Course, student: User) -> HttpResponse:
    page = page_of(sessions_of_student(course=course, student=student), request)
    rows = rows_of_student(sessions=list(page), student=student, now=timezone.now())
    context = {
        "course": course,
        "student": student,
        "is_me": student.pk == request.user.pk,
        "rows": rows,
        "faces": has_faces(course, rows),
        "charts": _student_charts(rows),
        "page": page,
        "query": query_without_page(request),
    }
    return render(request, "classroom/student_comparison.html", context)


def _student_charts(rows: Sequence[StudentRow]) -> list[BarChart]:
    oldest_first = rows[::-1]
    longest = max([row.summary.minutes for row in rows] + [1.0])
    return [
        bar_chart(
            label=_("Minutes in class"),
            top=str(whole_minutes(longest)),
            most=longest,
            values=[
                (_title(row, str(whole_minutes(row.summary.minutes))), row.summary.minutes) for row in oldest_first
            ],
        ),
        *_share_charts(oldest_first),
    ]


def _share_charts(rows: Sequence[SessionRow | StudentRow]) -> list[BarChart]:
    """None of what was never read, as in a course without cameras."""
    clear = [(row, row.summary.seen_share) for row in rows]
    negative = [(row, row.summary.negative) for row in rows]
    labelled = [(_("Snapshots with a clear face"), clear), (_("Negative expressions"), negative)]
    return [_share_chart(label, pairs) for label, pairs in labelled if any(share is not None for _row, share in pairs)]


def _share_chart(label: str, pairs: Sequence[tuple[Any, float | None]]) -> BarChart:
    values = [(_title(row, _percent(share)), share) for row, share in pairs]
    return bar_chart(label=label, top="100 %", most=1.0, values=values)


def _title(row: SessionRow | StudentRow, figure: str) -> str:
    day = date_format(timezone.localtime(row.session.started_at), "j M")
    return f"{day}, {row.session.topic}: {figure}"


def _percent(share: float | None) -> str:
    return _("not read") if share is None else f"{whole_percent(share)} %"


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
