from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.consent import consent_in_force
from accounts.requests import SignedInRequest
from classroom.domain.listings import (
    attended_sessions,
    courses_attended,
    courses_left,
    courses_requested,
    courses_taught,
)
from classroom.domain.sessions import close_idle_sessions
from classroom.forms.courses import JoinForm
from classroom.views.joining import decided_code


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The home page of each role, or the landing page for visitors."""
    if not request.user.is_authenticated:
        return render(request, "classroom/landing.html")
    if request.user.is_administrator:
        return redirect("administration:overview")
    close_idle_sessions(now=timezone.now())
    if request.user.is_teacher:
        return render(request, "classroom/teacher_home.html", {"courses": courses_taught(request.user)})
    return _student_home(cast(SignedInRequest, request))


def _student_home(request: SignedInRequest) -> HttpResponse:
    if code := decided_code(request):  # signing in led here, for instance by a mail that confirms the address
        return redirect(f"{reverse('course_join')}?{urlencode({'code': code})}")
    courses = courses_attended(request.user)
    consent = consent_in_force(request.user)
    context = {
        "courses": courses,
        "courses_requested": courses_requested(request.user),
        "courses_left": courses_left(request.user),
        "past": attended_sessions(request.user)[:20],
        "join_form": JoinForm(),
        "consent": consent,
        # A student whose courses all run without cameras is not asked.
        "asks_consent": consent or not courses or any(card.course.reads_faces for card in courses),
    }
    return render(request, "classroom/student_home.html", context)
