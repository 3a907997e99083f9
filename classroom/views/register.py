"""The register of a course. exports.py offers it as a file."""

from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from classroom.domain.history.register import Register, build_register
from classroom.forms.courses import PeriodForm
from classroom.views.access import course_for_staff
from classroom.views.table_files import format_choices
from classroom.views.throttling import throttle_comparisons
from classroom.views.viewing import records_view

# This many columns fit on paper. A longer register continues in another table.
CLASSES_PER_TABLE = 12


@login_required
@require_GET
@throttle_comparisons
@records_view("course_register")
def course_register(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_staff(request.user, pk)
    form = PeriodForm(request.GET)
    register = build_register(sessions=list(form.sessions_held(course)), now=timezone.now())
    context = {
        "course": course,
        "form": form,
        "register": register,
        "tables": _tables(register),
        "same_day": _same_day(register),
        "period": form.period,
        "formats": format_choices(request),
    }
    return render(request, "classroom/register.html", context, status=200 if form.is_valid() else 422)


def _tables(register: Register) -> list[dict[str, Any]]:
    """Return the register in parts of CLASSES_PER_TABLE, earliest classes first."""
    starts = range(0, len(register.sessions), CLASSES_PER_TABLE)
    return [
        {
            "first": start + 1,
            "last": min(start + CLASSES_PER_TABLE, len(register.sessions)),
            "sessions": register.sessions[start : start + CLASSES_PER_TABLE],
            "rows": [(row, row.marks[start : start + CLASSES_PER_TABLE]) for row in register.rows],
        }
        for start in starts
    ]


def _same_day(register: Register) -> set[int]:
    """Return the ids of the classes on days with several, which need the time, too."""
    days = {session.pk: timezone.localdate(session.started_at) for session in register.sessions}
    counts = Counter(days.values())
    return {pk for pk, day in days.items() if counts[day] > 1}
