"""The roster of a course's platform: a teacher sees who would be added, then adds them."""

import logging
from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.lti.messages import Member, RosterUnavailable, fetch_roster
from accounts.requests import SignedInRequest
from classroom.domain.courses.lti_links import unlink_course
from classroom.domain.courses.lti_roster import ADDED, RosterOutcome, add_roster, plan_roster
from classroom.models import Course, LtiCourse
from classroom.path_converters import ids_in
from classroom.views.access import course_for_teacher
from classroom.views.throttling import PreviewThrottle, throttle

logger = logging.getLogger(__name__)

# Time for the teacher to look through it.
KEPT_S = 15 * 60
OUTCOMES = {
    RosterOutcome.ENROL: gettext_lazy("Will be added"),
    RosterOutcome.NEW_ACCOUNT: gettext_lazy("Will get an account and be added"),
    RosterOutcome.MEMBER: gettext_lazy("Already in the course"),
    RosterOutcome.REMOVED: gettext_lazy("Was removed from the course; not added"),
    RosterOutcome.STAFF: gettext_lazy("Is not a student there; joins by opening the course"),
    RosterOutcome.INACTIVE: gettext_lazy("Is not active there"),
    RosterOutcome.MAY_NOT: gettext_lazy("This account cannot join"),
    RosterOutcome.NO_ACCOUNT: gettext_lazy("Joins by opening the course"),
    RosterOutcome.CLOSED: gettext_lazy("The course takes no new students; not added"),
}


@login_required
@require_GET
def course_roster(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, course_for_teacher(request.user, pk))


@form_post("course_roster")
@throttle(PreviewThrottle)
def roster_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the platform, but change nothing yet."""
    course, link = _link(request, pk)
    try:
        members = fetch_roster(link.context)
    except RosterUnavailable as error:
        logger.warning("no roster of LTI context %s: %s", link.context_id, error)
        messages.error(request, _("The learning platform did not send its list of members. Try again later."))
        return redirect("course_roster", pk)
    cache.set(_key(request, link), [asdict(member) for member in members], KEPT_S)
    rows = plan_roster(link=link, members=members)
    added = sum(row.outcome in ADDED for row in rows)
    return _page(request, course, link=link, added=added, rows=[(row, OUTCOMES[row.outcome]) for row in rows])


@form_post("course_roster")
def roster_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add those whom the preview has shown."""
    course, link = _link(request, pk)
    stored = cache.get(_key(request, link))
    if course.is_archived:
        messages.error(request, _("This course is archived: its members cannot be changed."))
    elif stored is None or not cache.delete(_key(request, link)):
        messages.error(request, _("Get the list again: this one is too old."))
    else:
        n = add_roster(link=link, members=[Member(**each) for each in stored])
        text = ngettext("%(n)s student was added.", "%(n)s students were added.", n)
        messages.success(request, text % {"n": n})
    return redirect("course_roster", pk)


@form_post("course_roster")
def roster_unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    _course, link = _link(request, pk)
    unlink_course(link=link)
    messages.success(request, _("The course is no longer linked. Its members stay."))
    return redirect("course_roster", pk)


def _link(request: SignedInRequest, pk: int) -> tuple[Course, LtiCourse]:
    """Return the course, and the link that the form is about."""
    course = course_for_teacher(request.user, pk)
    links = course.lti_links.select_related("course", "context__deployment__registration")
    return course, get_object_or_404(links, pk__in=ids_in([request.POST.get("link", "")]))


def _page(request: SignedInRequest, course: Course, **preview: object) -> HttpResponse:
    links = course.lti_links.select_related("context__deployment__registration")
    return render(request, "classroom/course_roster.html", {"course": course, "links": links, **preview})


def _key(request: SignedInRequest, link: LtiCourse) -> str:
    return f"lti-roster:{request.user.pk}:{link.pk}"
