from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from classroom.domain.consent.consents import consents_by_course
from classroom.domain.courses.listings import (
    attended_sessions,
    courses_archived,
    courses_attended,
    courses_inviting,
    courses_left,
    courses_requested,
    courses_staffed,
)
from classroom.domain.permissions import has_student_pages, may_create_courses
from classroom.domain.sessions import close_idle_sessions
from classroom.forms.courses import JoinForm
from classroom.views.joining import decided_code


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The landing page for visitors. Others go to their courses, administrators to the administration."""
    if not request.user.is_authenticated:
        return render(request, "classroom/landing.html")
    if request.user.is_administrator:
        return redirect("administration:overview")
    return _own_courses(cast(SignedInRequest, request))


def _own_courses(request: SignedInRequest) -> HttpResponse:
    """The courses that the user teaches or assists in, and those that they attend."""
    if code := decided_code(request):  # signing in led here, for instance by a mail that confirms the address
        return redirect(f"{reverse('course_join')}?{urlencode({'code': code})}")
    close_idle_sessions(now=timezone.now())
    staffed = courses_staffed(request.user)
    context: dict[str, Any] = {
        "shows_staffed": bool(staffed) or request.user.is_teacher,
        "shows_attended": has_student_pages(request.user),
        "staffed": staffed,
        "archived": courses_archived(request.user),
        "may_create": may_create_courses(request.user),
        "invited": courses_inviting(request.user, now=timezone.now()),
    }
    if context["shows_attended"]:
        consents = [each for each in consents_by_course(request.user) if each.course.reads_faces]
        context |= {
            "courses": courses_attended(request.user),
            "courses_requested": courses_requested(request.user),
            "courses_left": courses_left(request.user),
            "past": attended_sessions(request.user)[:20],
            "join_form": JoinForm(),
            # Empty for a student whose courses all run without cameras, since they are not asked.
            "consents": consents,
            "agreed": sum(each.consent is not None for each in consents),
        }
    return render(request, "classroom/home.html", context)
