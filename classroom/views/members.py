"""The members of a course, for its teachers: requests to join, students, removed ones, staff, the join code."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain import membership
from classroom.domain.courses import change_join_code, switch_approval
from classroom.domain.listings import enrolled_students
from classroom.forms.courses import AssistantForm
from classroom.models import Course
from classroom.views.access import course_for_teacher
from classroom.views.courses import join_url

Change = Callable[..., list[User]]
# Changes that answer a request to join, one or all that the page lists.
ANSWERS = ("approve", "decline")


@login_required
@require_GET
def course_members(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    context = {
        "course": course,
        "requests": course.join_requests.select_related("student"),
        "students": enrolled_students(course),
        "removals": course.removals.select_related("student").order_by("student__sort_key", "student_id"),
        "join_url": join_url(request, course),
        "teachers": course.teachers.order_by("sort_key", "pk"),
        "assistants": course.assistants.order_by("sort_key", "pk"),
        "invitations": course.assistant_invitations.all(),
        "assistant_form": AssistantForm(),
    }
    return render(request, "classroom/course_members.html", context)


@form_post("course_members")
def member_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Do what the pressed button says: its name is the change, its value a student's id, or `all` listed requests."""
    course = course_for_teacher(request.user, pk)
    pressed = next((name for name in _changes(course) if name in request.POST), None)
    if pressed is None:
        return HttpResponseBadRequest()
    answers_all = request.POST[pressed] == "all"
    if answers_all and pressed not in ANSWERS:
        return HttpResponseBadRequest()
    values = request.POST.get("listed", "").split() if answers_all else [request.POST[pressed]]
    students = [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
    changed = _changes(course)[pressed](students=students)
    if changed:
        messages.success(request, _report(pressed, changed))
        if pressed == "block" and not course.approves_joins:
            messages.info(
                request,
                _("They can come back with another account: make a new code, or let in each student yourself."),
            )
    return redirect("course_detail" if "from_course" in request.POST else "course_members", pk)


@form_post("course_members")
def joining_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch the approval of joins on or off."""
    course = course_for_teacher(request.user, pk)
    switch_approval(course=course, approves_joins="approves_joins" in request.POST)
    if course.approves_joins:
        messages.success(request, _("New students now need your approval to join."))
    else:
        messages.success(request, _("New students now join immediately."))
    return redirect("course_members", pk)


@form_post("course_members")
def join_code_change(request: SignedInRequest, pk: int) -> HttpResponse:
    course = course_for_teacher(request.user, pk)
    change_join_code(course=course)
    text = _("The new join code is %(code)s. The old code and links with it no longer work.")
    messages.success(request, text % {"code": course.join_code})
    return redirect("course_members", pk)


def _changes(course: Course) -> dict[str, Change]:
    return {
        "approve": partial(membership.approve_requests, course=course),
        "decline": partial(membership.decline_requests, course=course),
        "remove": partial(membership.remove_students, course=course),
        "block": partial(membership.block_students, course=course, now=timezone.now()),
        "unblock": partial(membership.unblock_students, course=course),
        "readmit": partial(membership.readmit_students, course=course),
    }


def _report(change: str, students: list[User]) -> str:
    """Say what was done, and to whom if it was one student."""
    n, name = len(students), students[0].display_name
    texts = {
        "approve": ngettext("%(name)s is now in the course.", "%(n)s students are now in the course.", n),
        "decline": ngettext("You declined the request of %(name)s.", "You declined the requests of %(n)s students.", n),
        "remove": _("%(name)s is no longer in the course. You can let them in again below."),
        "block": _("%(name)s is blocked: no join code lets this account in."),
        "unblock": _("%(name)s is no longer blocked and may join with the code."),
        "readmit": _("%(name)s is in the course again."),
    }
    return texts[change] % {"name": name, "n": n}
