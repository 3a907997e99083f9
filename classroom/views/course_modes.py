"""The page on which a teacher, after a legal note, turns on the reading of faces in a course, by name or anonymous,
turns it off again, and decides what students' browsers may send."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.courses.modes import ClassIsRunning, set_faces_only, turn_camera_off, turn_camera_on
from classroom.models import Course
from classroom.views.access import course_for_teacher


@login_required
@require_GET
def course_camera(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


@form_post("course_camera")
def camera_on(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    if request.POST.get("confirmed") != "on":
        return _page(request, pk, error=_("Tick the box if you have read the note and may turn the camera on."))
    anonymous = request.POST.get("mode") == Course.Mode.ANONYMOUS
    try:
        turn_camera_on(course=course, teacher=request.user, now=timezone.now(), anonymous=anonymous)
    except ClassIsRunning:
        return _page(request, pk, error=_("A class is running. End it to switch between named and anonymous."))
    if anonymous:
        messages.success(request, _("Faces of students who agree are now read in this course, without their names."))
    else:
        messages.success(request, _("Faces of students who agree are now read in this course."))
    return redirect("course_detail", pk)


@form_post("course_camera")
def camera_off(request: SignedInRequest, pk: int) -> HttpResponse:
    turn_camera_off(course=course_for_teacher(request.user, pk))
    messages.success(request, _("No faces are read in this course. It runs on student feedback."))
    return redirect("course_detail", pk)


@form_post("course_camera")
def camera_pictures(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    set_faces_only(course=course, on=request.POST.get("faces_only") == "on")
    if course.faces_only:
        messages.success(request, _("Whole camera pictures are refused in this course."))
    else:
        messages.success(request, _("Browsers that cannot find faces may send whole camera pictures in this course."))
    return redirect("course_camera", pk)


def _page(request: SignedInRequest, pk: int, error: str = "") -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    context = {
        "course": course,
        "running": course.sessions.running().exists(),
        "error": error,
        "mode": request.POST.get("mode", ""),
    }
    return render(request, "classroom/course_camera.html", context, status=422 if error else 200)
