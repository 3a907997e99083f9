"""Joining a course by its code, or by a link with the code, before and after signing in."""

import time
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from accounts.sign_in.sign_up import allow_sign_up
from classroom.domain.courses.joining import (
    BlockedFromCourse,
    JoiningClosed,
    JoinOutcome,
    MayNotEnrol,
    OtherOrganisation,
    RemovedFromCourse,
    UnknownJoinCode,
    course_with_code,
    join_by_code,
)
from classroom.domain.courses.membership import withdraw_request
from classroom.domain.permissions import HasOtherRole, may_see_course
from classroom.forms.courses import JoinForm
from classroom.models import Course
from classroom.views.throttling import record_wrong_join_code, refuse_class_change, seconds_until_join_code

# The code of the course that a visitor decided to join before signing in.
DECIDED = "join_code"
DECIDED_AT = "join_code_at"
# After this time, somebody else may sit at a shared computer, and is asked like everyone else.
DECISION_S = 15 * 60
PAGES_TO_SIGN_IN = {"login": "account_login", "signup": "account_signup"}


@require_http_methods(["GET", "POST"])
def course_join(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return _visitor(request)
    return _signed_in(cast(SignedInRequest, request))


def decided_code(request: HttpRequest) -> str | None:
    """Return the join code with which the visitor wanted to join before signing in."""
    return request.session.get(DECIDED)


@form_post("course_detail")
def join_request_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    if course := Course.objects.filter(join_requests__student=request.user, pk=pk).first():
        if refusal := refuse_class_change(request):
            return refusal
        withdraw_request(course=course, student=request.user)
    return redirect("home")


def _visitor(request: HttpRequest) -> HttpResponse:
    """Name the course of a link, and remember the decision to join it until the visitor signs in."""
    code = request.GET.get("code", "")
    course = _course_named_by(request, code)
    if course is None:
        return redirect_to_login(request.get_full_path())
    if request.method == "POST":
        request.session[DECIDED], request.session[DECIDED_AT] = course.join_code, int(time.time())
        allow_sign_up(request, organisation=course.organisation_id)
        page = PAGES_TO_SIGN_IN.get(request.POST.get("then", ""), "account_login")
        # The link may have the code in another form, such as in lower case.
        link = f"{reverse('course_join')}?{urlencode({'code': course.join_code})}"
        return redirect(f"{reverse(page)}?{urlencode({'next': link})}")
    return render(request, "classroom/join_visitor.html", {"course": course, "teachers": _teachers(course)})


def _signed_in(request: SignedInRequest) -> HttpResponse:
    code = request.GET.get("code", "")
    if request.method == "POST":
        form = JoinForm(request.POST)
        return _join(request, form) if form.is_valid() else _page(request, form, status=422)
    decided, decided_at = request.session.pop(DECIDED, None), request.session.pop(DECIDED_AT, 0)
    if decided and decided == code and time.time() - decided_at < DECISION_S:
        form = JoinForm({"join_code": decided})
        return _join(request, form) if form.is_valid() else _page(request, form, status=422)
    course = _course_named_by(request, code)
    if course and course.organisation_id != request.user.organisation_id:
        course = None
    if course and may_see_course(request.user, course):
        return redirect("course_detail", course.pk)
    return _page(request, JoinForm(initial={"join_code": code}), course=course)


def _join(request: SignedInRequest, form: JoinForm) -> HttpResponse:
    """Join with the form's valid code, or show why that is impossible."""
    if wait := seconds_until_join_code(request):
        form.add_error(None, _("Too many wrong codes. Try again in ten minutes."))
        response = _page(request, form, status=429)
        response["Retry-After"] = str(wait)
        return response
    if refusal := refuse_class_change(request):
        return refusal
    try:
        code = form.cleaned_data["join_code"]
        course, outcome = join_by_code(student=request.user, join_code=code, now=timezone.now())
    except UnknownJoinCode:
        record_wrong_join_code(request)
        form.add_error("join_code", _("No course has this code. Check it with your teacher."))
    except OtherOrganisation:
        form.add_error("join_code", _("This course belongs to another school, and your account cannot join it."))
    except RemovedFromCourse:
        form.add_error("join_code", _("You were removed from this course. Your teacher can let you in again."))
    except BlockedFromCourse:
        form.add_error("join_code", _("You cannot join this course. Ask your teacher if you think this is a mistake."))
    except JoiningClosed:
        form.add_error("join_code", _("This course takes no new students at the moment. Ask your teacher."))
    except HasOtherRole:
        form.add_error("join_code", _("You teach or assist in this course, so you cannot join it as a student."))
    except MayNotEnrol:
        form.add_error(None, _("This account cannot join this course. Sign in with another one."))
    else:
        if outcome is JoinOutcome.ENROLLED:
            messages.success(request, _("You have joined %(course)s.") % {"course": course})
        return redirect("course_detail", course.pk)
    return _page(request, form, status=422)


def _course_named_by(request: HttpRequest, code: str) -> Course | None:
    """Return the course with the code, or None if there is none, or after too many wrong codes."""
    if not code or seconds_until_join_code(request):
        return None
    try:
        return course_with_code(code)
    except UnknownJoinCode:
        record_wrong_join_code(request)
        return None


def _page(request: SignedInRequest, form: JoinForm, *, course: Course | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"join_form": form, "course": course, "teachers": _teachers(course) if course else ""}
    return render(request, "classroom/join.html", context, status=status)


def _teachers(course: Course) -> str:
    return ", ".join(course.teachers.order_by("sort_key", "pk").values_list("name", flat=True))
