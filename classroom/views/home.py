from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.consent import consent_in_force
from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.listings import attended_sessions, courses_attended, courses_left, courses_taught, school_counts
from classroom.domain.readings.record import erase_readings, readings_of
from classroom.domain.self_reports import erase_said, said_of
from classroom.domain.sessions import close_idle_sessions
from classroom.forms.courses import JoinForm


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
    close_idle_sessions(now=timezone.now())
    courses = courses_attended(request.user)
    consent = consent_in_force(request.user)
    context = {
        "courses": courses,
        "courses_left": courses_left(request.user),
        "past": attended_sessions(request.user)[:20],
        "join_form": JoinForm(),
        "consent": consent,
        # Who attends courses without cameras alone is not asked.
        "asks_consent": consent or not courses or any(card.course.reads_faces for card in courses),
    }
    return render(request, "classroom/student_home.html", context)


def _teacher_home(request: SignedInRequest) -> HttpResponse:
    close_idle_sessions(now=timezone.now())
    return render(request, "classroom/teacher_home.html", {"courses": courses_taught(request.user)})


def _administrator_home(request: HttpRequest) -> HttpResponse:
    return render(request, "classroom/administrator_home.html", {"figures": school_counts()})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated or not request.user.is_student:
        return render(request, "classroom/privacy.html", {"reading_count": 0, "said_count": 0})
    counts = {"reading_count": readings_of(request.user), "said_count": said_of(request.user)}
    return render(request, "classroom/privacy.html", counts)


@form_post("privacy")
def readings_erase(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    count = erase_readings(student=request.user, now=now)
    said = erase_said(student=request.user, now=now) if request.POST.get("said") == "on" else 0
    for text in _erased(count, said):
        messages.success(request, text)
    return redirect("privacy")


def _erased(readings: int, said: int) -> list[str]:
    read = ngettext("%(count)d reading was deleted.", "%(count)d readings were deleted.", readings)
    told = ngettext(
        "%(count)d answer or raised hand was deleted.", "%(count)d answers and raised hands were deleted.", said
    )
    texts = [text % {"count": count} for text, count in ((read, readings), (told, said)) if count]
    return texts or [_("There was nothing to delete.")]
