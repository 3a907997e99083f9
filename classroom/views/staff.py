"""The assistants of a course: teachers invite and remove them, and the invited answer."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import form_post
from accounts.models import User
from accounts.requests import SignedInRequest
from classroom.domain.courses.listings import courses_inviting
from classroom.domain.courses.staff import (
    MayNotBeStaff,
    TooManyInvitations,
    accept_invitation,
    decline_invitation,
    invite_assistant,
    remove_assistant,
    withdraw_invitation,
)
from classroom.domain.permissions import CourseRole, HasOtherRole
from classroom.forms.courses import AssistantForm
from classroom.path_converters import ids_in
from classroom.views.members import changeable_course


@form_post("course_members")
def assistant_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    course, form = changeable_course(request, pk), AssistantForm(request.POST)
    if course is None:
        return redirect("course_members", pk)
    if not form.is_valid():
        messages.error(request, _("Enter a valid e-mail address."))
        return redirect("course_members", pk)
    email = form.cleaned_data["email"]
    try:
        invite_assistant(course=course, email=email, now=timezone.now())
    except HasOtherRole as error:
        messages.error(request, _already(error.role) % {"email": email})
    except TooManyInvitations:
        messages.error(request, _("Too many open invitations. Withdraw some first."))
    else:
        messages.success(request, _("%(email)s is invited.") % {"email": email})
    return redirect("course_members", pk)


@form_post("course_members")
def assistant_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove an assistant or withdraw an invitation, as the pressed button says; its value is the id."""
    course = changeable_course(request, pk)
    if course is None:
        return redirect("course_members", pk)
    pressed = next((name for name in ("remove", "withdraw") if name in request.POST), None)
    numbers = ids_in([request.POST[pressed]]) if pressed else []
    if not numbers:
        return HttpResponseBadRequest()
    [number] = numbers
    if pressed == "remove":
        assistant = User.objects.filter(pk=number).first()
        if assistant and remove_assistant(course=course, user=assistant):
            messages.success(request, _("%(name)s is no longer an assistant.") % {"name": assistant.display_name})
    elif email := withdraw_invitation(course=course, invitation=number):
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": email})
    return redirect("course_members", pk)


@form_post("course_detail")
def assistant_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept an invitation, or decline it."""
    now = timezone.now()
    course = get_object_or_404(courses_inviting(request.user, now=now), pk=pk)
    if "accept" not in request.POST:
        decline_invitation(course=course, user=request.user)
        return redirect("home")
    try:
        accept_invitation(course=course, user=request.user, now=now)
    except HasOtherRole:
        decline_invitation(course=course, user=request.user)
        messages.error(request, _("You are in this course already, so you cannot assist in it."))
    except MayNotBeStaff:
        decline_invitation(course=course, user=request.user)
        messages.error(request, _("Administrators have no role in courses."))
        return redirect("home")
    return redirect("course_detail", pk)


def _already(role: CourseRole) -> str:
    return {
        CourseRole.TEACHER: _("%(email)s is a teacher of this course."),
        CourseRole.ASSISTANT: _("%(email)s is already an assistant of this course."),
        CourseRole.STUDENT: _("%(email)s is a student of this course. Remove them first."),
    }[role]
