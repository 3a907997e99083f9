"""The page on which a course's retention is set."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from classroom.domain.permissions import may_set_retention
from classroom.domain.retention import MAX_DAYS, classes_past, retention_days, set_retention
from classroom.models import Course


class RetentionForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Days after the end of a class"),
        required=False,
        help_text=gettext_lazy("Empty: as long as the school keeps classes."),
    )

    def clean_days(self) -> int | None:
        days, longest = self.cleaned_data["days"], settings.RETENTION_DAYS or MAX_DAYS
        if days is not None and not 1 <= days <= longest:
            raise forms.ValidationError(_("Enter 1 to %(longest)s days.") % {"longest": longest})
        return days


@require_http_methods(["GET", "POST"])
@login_required
def course_retention(request: SignedInRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    if not may_set_retention(request.user, course):
        raise Http404
    form = RetentionForm(request.POST or None, initial={"days": course.retention_days})
    going = 0
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        going = classes_past(course, days, now=timezone.now())
        if not going or request.POST.get("sure") == "on":
            set_retention(course=course, days=days)
            messages.success(request, _("Saved."))
            return redirect("course_retention", pk)
    context = {
        "course": course,
        "form": form,
        "days": retention_days(course),
        "school_days": settings.RETENTION_DAYS,
        "going": going,
    }
    return render(request, "classroom/course_retention.html", context, status=422 if going or form.errors else 200)
