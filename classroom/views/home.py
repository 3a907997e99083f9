from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.consent import consent_in_force
from accounts.forms_sent import sent_from
from accounts.requests import SignedInRequest
from classroom.domain.overview import attended_sessions, courses_attended, courses_taught, school_figures
from classroom.domain.readings import erase_readings, readings_of
from classroom.forms import JoinForm


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page, by role."""
    if not request.user.is_authenticated:
        return render(request, "classroom/landing.html")
    if request.user.is_student:
        return _student_home(cast(SignedInRequest, request))
    if request.user.is_teacher:
        return _teacher_home(cast(SignedInRequest, request))
    return _administrator_home(request)


def _student_home(request: SignedInRequest) -> HttpResponse:
    context = {
        "courses": courses_attended(request.user),
        "past": attended_sessions(request.user)[:20],
        "join_form": JoinForm(),
        "consent": consent_in_force(request.user),
    }
    return render(request, "classroom/student_home.html", context)


def _teacher_home(request: SignedInRequest) -> HttpResponse:
    return render(request, "classroom/teacher_home.html", {"courses": courses_taught(request.user)})


def _administrator_home(request: HttpRequest) -> HttpResponse:
    return render(request, "classroom/administrator_home.html", {"figures": school_figures()})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    count = readings_of(request.user) if request.user.is_authenticated and request.user.is_student else 0
    return render(request, "classroom/privacy.html", {"reading_count": count})


@sent_from("privacy")
def readings_erase(request: SignedInRequest) -> HttpResponse:
    count = erase_readings(student=request.user)
    text = ngettext("%(count)d reading was deleted.", "%(count)d readings were deleted.", count)
    messages.success(request, text % {"count": count} if count else _("There was nothing to delete."))
    return redirect("privacy")
