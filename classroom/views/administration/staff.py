"""The page on which administrators choose a course's teachers and assistants."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.decorators import form_post
from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.courses.staff import (
    LastTeacher,
    MayNotBeStaff,
    add_assistant,
    add_teacher,
    remove_assistant,
    remove_teacher,
)
from classroom.domain.permissions import HasOtherRole
from classroom.path_converters import ids_in
from classroom.views.administration.access import administrators_only, course_of_school

CHANGES: dict[str, Callable[..., bool]] = {
    "add_teacher": add_teacher,
    "add_assistant": add_assistant,
    "remove_teacher": remove_teacher,
    "remove_assistant": remove_assistant,
}
DONE = {
    "add_teacher": gettext_lazy("%(name)s now teaches this course."),
    "add_assistant": gettext_lazy("%(name)s now assists in this course."),
    "remove_teacher": gettext_lazy("%(name)s no longer teaches this course."),
    "remove_assistant": gettext_lazy("%(name)s no longer assists in this course."),
}


@form_post("administration:course")
@administrators_only
def staff_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the pressed button's change: its name is the change, its value a person's id."""
    course = course_of_school(request, pk)
    pressed = next((name for name in CHANGES if name in request.POST), None)
    if pressed is None or course.is_being_deleted:
        return HttpResponseBadRequest()
    people = User.objects.in_organisation(course.organisation_id)
    person = get_object_or_404(people, pk__in=ids_in([request.POST[pressed]]))
    name = {"name": person.display_name}
    try:
        if CHANGES[pressed](course=course, user=person):
            messages.success(request, DONE[pressed] % name)
    except LastTeacher:
        messages.error(request, _("A course needs a teacher who can sign in. Add another one first."))
    except HasOtherRole:
        messages.error(request, _("%(name)s already has another role in this course.") % name)
    except MayNotBeStaff:
        messages.error(request, _("The account of %(name)s cannot have this role.") % name)
    return redirect("administration:course", pk)
