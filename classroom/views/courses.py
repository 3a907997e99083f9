"""Course pages: joining, the overview for teachers or students, and starting a class."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.courses import NotAStudent, RemovedFromCourse, UnknownJoinCode, enrol_by_code
from classroom.domain.listings import attended_sessions, ended_sessions
from classroom.domain.permissions import may_see_course, may_see_own_history, may_teach
from classroom.domain.sessions import SessionAlreadyRunning, close_idle_sessions, start_session
from classroom.forms.courses import JoinForm, StartForm
from classroom.models import Course
from classroom.views.access import course_for_teacher
from classroom.views.pagination import page_of_sessions
from classroom.views.throttling import record_wrong_join_code, seconds_until_join_code


@login_required
@require_GET
def course_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    if may_teach(request.user, course):
        return _teacher_page(request, course, StartForm())
    is_enrolled = may_see_course(request.user, course)
    if not is_enrolled and not may_see_own_history(request.user, course):
        raise Http404
    close_idle_sessions(now=timezone.now(), course=course)
    page = page_of_sessions(attended_sessions(request.user).filter(course=course), request)
    context = {
        "course": course,
        # A student who has left the course sees only their own reports.
        "is_enrolled": is_enrolled,
        "running": course.sessions.running().first() if is_enrolled else None,
        "page": page,
        "past": page.object_list,
    }
    return render(request, "classroom/course_for_student.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def course_join(request: SignedInRequest) -> HttpResponse:
    form = JoinForm(request.POST or None, initial={"join_code": request.GET.get("code", "")})
    if request.method == "POST" and (wait := seconds_until_join_code(request)):
        form.add_error(None, _("Too many wrong codes. Try again in ten minutes."))
        response = render(request, "classroom/join.html", {"join_form": form}, status=429)
        response["Retry-After"] = str(wait)
        return response
    if request.method == "POST" and form.is_valid():
        try:
            course, is_new = enrol_by_code(student=request.user, join_code=form.cleaned_data["join_code"])
        except UnknownJoinCode:
            record_wrong_join_code(request)
            form.add_error("join_code", _("No course has this code. Check it with your teacher."))
        except RemovedFromCourse:
            text = _("You were removed from this course. Only an administrator can let you in again.")
            form.add_error("join_code", text)
        except NotAStudent:
            form.add_error(None, _("Only students can join courses. Sign in with a student account."))
        else:
            if is_new:
                messages.success(request, _("You have joined %(course)s.") % {"course": course})
            return redirect("course_detail", course.pk)
    status = 422 if form.errors else 200
    return render(request, "classroom/join.html", {"join_form": form}, status=status)


@form_post("course_detail")
def session_start(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _teacher_page(request, course, form, status=422)
    try:
        session = start_session(course=course, topic=form.cleaned_data["topic"], now=timezone.now())
    except SessionAlreadyRunning as error:
        messages.info(request, _("“%(topic)s” is still running. End it first.") % {"topic": error.session.topic})
        session = error.session
    return redirect("session_live", session.pk)


def _teacher_page(request: SignedInRequest, course: Course, form: StartForm, status: int = 200) -> HttpResponse:
    close_idle_sessions(now=timezone.now(), course=course)
    page = page_of_sessions(ended_sessions(course), request)
    join_url = request.build_absolute_uri(f"{reverse('course_join')}?code={course.join_code}")
    context = {
        "course": course,
        "running": course.sessions.running().first(),
        "start_form": form,
        "page": page,
        "sessions": page.object_list,
        "students": [
            each.student
            for each in course.enrolments.select_related("student").order_by("student__sort_key", "student_id")
        ],
        "join_url": join_url,
    }
    return render(request, "classroom/course_for_teacher.html", context, status=status)
