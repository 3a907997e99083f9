"""A course's members, for its teachers: requests to join, students, removed students, staff, the join code."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
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
from classroom.domain.courses import membership
from classroom.domain.courses.joining import change_join_code, switch_approval, switch_joining
from classroom.domain.courses.listings import enrolled_students
from classroom.forms.courses import AssistantForm, JoiningForm
from classroom.models import Course
from classroom.path_converters import ids_in
from classroom.views.access import course_for_teacher
from classroom.views.courses import join_url

Change = Callable[..., list[User]]
# Changes that answer requests to join: one, or all that the page lists.
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
        "invitations": course.assistant_invitations.open(timezone.now()),
        "invitation_days": settings.INVITATION_DAYS,
        "assistant_form": AssistantForm(),
        "joining_form": JoiningForm.of(course),
        "is_linked": course.lti_links.exists(),
    }
    return render(request, "classroom/course_members.html", context)


def changeable_course(request: SignedInRequest, pk: int) -> Course | None:
    """Return the course; if it is archived, None, and show a message."""
    course = course_for_teacher(request.user, pk)
    if not course.is_archived:
        return course
    messages.error(request, _("This course is archived: its members cannot be changed."))
    return None


@form_post("course_members")
def member_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the pressed button's change: its name is the change, its value a student's id, or `all` listed requests."""
    course = changeable_course(request, pk)
    if course is None:
        return redirect("course_members", pk)
    pressed = next((name for name in _changes(course) if name in request.POST), None)
    if pressed is None:
        return HttpResponseBadRequest()
    answers_all = request.POST[pressed] == "all"
    if answers_all and pressed not in ANSWERS:
        return HttpResponseBadRequest()
    values = request.POST.get("listed", "").split() if answers_all else [request.POST[pressed]]
    changed = _changes(course)[pressed](students=ids_in(values))
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
    if course := changeable_course(request, pk):
        change_joining(request, course)
    return redirect("course_members", pk)


@form_post("course_members")
def join_code_change(request: SignedInRequest, pk: int) -> HttpResponse:
    if course := changeable_course(request, pk):
        give_new_join_code(request, course)
    return redirect("course_members", pk)


def change_joining(request: SignedInRequest, course: Course) -> None:
    """Let in everybody with the join code, those whom a teacher approves, or nobody."""
    form = JoiningForm(request.POST)
    if not form.is_valid():
        return
    joining = form.cleaned_data["joining"]
    if joining != "nobody":
        switch_approval(course=course, approves_joins=joining == "approved")
    switch_joining(course=course, accepts_joins=joining != "nobody")
    texts = {
        "everybody": _("New students now join immediately."),
        "approved": _("New students now need your approval to join."),
        "nobody": _("The course is closed to new students. Those in it stay."),
    }
    messages.success(request, texts[joining])


def give_new_join_code(request: SignedInRequest, course: Course) -> None:
    change_join_code(course=course)
    text = _("The new join code is %(code)s. The old code and links with it no longer work.")
    messages.success(request, text % {"code": course.join_code})


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
