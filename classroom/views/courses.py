"""Course pages: the overview for staff or students, and starting a class."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.courses.listings import attended_sessions, ended_sessions, enrolled_students
from classroom.domain.permissions import is_enrolled, may_see_own_history, may_teach, may_watch
from classroom.domain.sessions import CourseIsArchived, SessionAlreadyRunning, close_idle_sessions, start_session
from classroom.forms.courses import StartForm
from classroom.models import Course
from classroom.views.access import course_for_teacher
from classroom.views.pagination import page_of_sessions


@login_required
@require_GET
def course_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course, pk=pk)
    if may_teach(request.user, course):
        return _staff_page(request, course, StartForm())
    if may_watch(request.user, course):
        return _staff_page(request, course, None)
    enrolled = is_enrolled(request.user, course)
    is_waiting = not enrolled and course.join_requests.filter(student=request.user).exists()
    if not enrolled and not is_waiting and not may_see_own_history(request.user, course):
        raise Http404
    close_idle_sessions(now=timezone.now(), course=course)
    page = page_of_sessions(attended_sessions(request.user).filter(course=course), request)
    context = {
        "course": course,
        # A student who has left the course sees only their own reports.
        "is_enrolled": enrolled,
        "is_waiting": is_waiting,
        "running": course.sessions.running().first() if enrolled else None,
        "page": page,
        "past": page.object_list,
    }
    return render(request, "classroom/course_for_student.html", context)


@form_post("course_detail")
def session_start(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _staff_page(request, course, form, status=422)
    try:
        session = start_session(course=course, topic=form.cleaned_data["topic"], now=timezone.now())
    except SessionAlreadyRunning as error:
        messages.info(request, _("“%(topic)s” is still running. End it first.") % {"topic": error.session.topic})
        session = error.session
    except CourseIsArchived:
        messages.error(request, _("This course is archived: no class can be started."))
        return redirect("course_detail", pk)
    return redirect("session_live", session.pk)


def join_url(request: HttpRequest, course: Course) -> str:
    return request.build_absolute_uri(f"{reverse('course_join')}?code={course.join_code}")


def _staff_page(
    request: SignedInRequest, course: Course, start_form: StartForm | None, status: int = 200
) -> HttpResponse:
    """The page of teachers; assistants see it without the form that starts a class."""
    close_idle_sessions(now=timezone.now(), course=course)
    page = page_of_sessions(ended_sessions(course), request)
    context = {
        "course": course,
        "running": course.sessions.running().first(),
        "may_teach": start_form is not None,
        "start_form": start_form,
        "page": page,
        "sessions": page.object_list,
        "students": enrolled_students(course),
        "requests": course.join_requests.select_related("student") if start_form else [],
        "join_url": join_url(request, course),
    }
    return render(request, "classroom/course_for_staff.html", context, status=status)
