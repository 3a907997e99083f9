"""The page on which a course's retention is set."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from classroom.domain.permissions import may_set_retention
from classroom.domain.retention import expiring_count, retention_days, school_retention_days, set_retention
from classroom.forms.retention import RetentionForm
from classroom.models import Course


@require_http_methods(["GET", "POST"])
@login_required
def course_retention(request: SignedInRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    if not may_set_retention(request.user, course):
        raise Http404
    school_days = school_retention_days(course.organisation)
    form = RetentionForm(
        request.POST or None,
        initial={"days": course.retention_days},
        longest=school_days,
        empty=_("Empty: as long as the school keeps classes."),
    )
    expiring = 0
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        expiring = expiring_count(course, days, now=timezone.now())
        if not expiring or request.POST.get("sure") == "on":
            set_retention(course=course, days=days)
            messages.success(request, _("Saved."))
            return redirect("course_retention", pk)
    context = {
        "course": course,
        "form": form,
        "days": retention_days(course),
        "school_days": school_days,
        "expiring": expiring,
    }
    status = 422 if expiring or form.errors else 200
    return render(request, "classroom/course_retention.html", context, status=status)
