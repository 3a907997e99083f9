"""Administrators' page of one course: its name and term, its staff, who may join, archiving and deleting."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import form_post
from accounts.requests import SignedInRequest
from classroom.domain.courses.changes import archive_course, change_course, restore_course
from classroom.domain.courses.deletion import begin_deletion, course_contents
from classroom.domain.courses.listings import people_outside
from classroom.domain.sessions import SessionAlreadyRunning
from classroom.forms.administration import ConfirmedNameForm, CourseForm
from classroom.forms.courses import JoiningForm
from classroom.tasks import course_deletion
from classroom.views.administration.access import administrators_only, course_of_school
from classroom.views.administration.selection import people_found
from classroom.views.courses import join_url
from classroom.views.members import change_joining, give_new_join_code


@require_http_methods(["GET", "POST"])
@administrators_only
def course_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_of_school(request, pk)
    name = course.name  # the form changes the course even if it is invalid
    form = CourseForm(request.POST if request.method == "POST" else None, instance=course)
    if request.method == "POST" and form.is_valid():
        change_course(course=form.instance, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("administration:course", pk)
    find = request.GET.get("find", "").strip()
    people, more_people = people_found(people_outside(course), find) if find else ([], False)
    context = {
        "course": course,
        "name": name,
        "form": form,
        "teachers": course.teachers.order_by("sort_key", "pk"),
        "assistants": course.assistants.order_by("sort_key", "pk"),
        "find": find,
        "people": people,
        "more_people": more_people,
        "students": course.enrolments.count(),
        "running": course.sessions.running().first(),
        "join_url": join_url(request, course),
        "joining_form": JoiningForm.of(course),
    }
    return render(request, "administration/course.html", context, status=422 if form.errors else 200)


@form_post("administration:course")
@administrators_only
def joining_change(request: SignedInRequest, pk: int) -> HttpResponse:
    change_joining(request, course_of_school(request, pk))
    return redirect("administration:course", pk)


@form_post("administration:course")
@administrators_only
def join_code_change(request: SignedInRequest, pk: int) -> HttpResponse:
    give_new_join_code(request, course_of_school(request, pk))
    return redirect("administration:course", pk)


@form_post("administration:course")
@administrators_only
def course_archive(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_of_school(request, pk)
    if "restore" in request.POST:
        if restore_course(course=course):
            messages.success(request, _("“%(course)s” was restored.") % {"course": course})
    else:
        try:
            archive_course(course=course, now=timezone.now())
        except SessionAlreadyRunning as error:
            messages.error(request, _running_text(error))
        else:
            messages.success(request, _("“%(course)s” was archived.") % {"course": course})
    return redirect("administration:course", pk)


@require_http_methods(["GET", "POST"])
@administrators_only
def course_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """List what will be deleted, and begin the deletion once the course's name is typed."""
    course = course_of_school(request, pk)
    form = ConfirmedNameForm(request.POST if request.method == "POST" else None, expected=course.name)
    if request.method == "POST" and form.is_valid():
        try:
            begin_deletion(course=course, now=timezone.now())
        except SessionAlreadyRunning as error:
            form.add_error(None, _running_text(error))
        else:
            course_deletion.start()
            text = _("“%(course)s” is being deleted, with everything recorded in it.")
            messages.success(request, text % {"course": course})
            return redirect("administration:courses")
    context = {"course": course, "form": form, "contents": course_contents(course)}
    return render(request, "administration/course_delete.html", context, status=422 if form.errors else 200)


def _running_text(error: SessionAlreadyRunning) -> str:
    text = _("“%(topic)s” is running in this course. Wait until it is over, or ask the teacher to end it.")
    return text % {"topic": error.session.topic}
