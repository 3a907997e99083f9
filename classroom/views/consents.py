"""The pages on which students agree to be read in a course, and withdraw in one course or in all."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.consent_texts.translation import translated_body
from accounts.decorators import form_post
from accounts.models import ConsentText
from accounts.requests import SignedInRequest
from classroom.domain.consent.consents import consents_by_course, grant_consent, lacks_guardian, withdraw_consent
from classroom.domain.permissions import may_see_own_history
from classroom.domain.readings.record import count_readings
from classroom.models import Course, CourseConsent


@login_required
@require_GET
def consents(request: SignedInRequest) -> HttpResponse:
    history = list(request.user.consents.select_related("text", "course"))
    context = {
        "consents": consents_by_course(request.user),
        "history": history,
        "reading_count": _readings_to_erase(request, history),
    }
    return render(request, "classroom/consents.html", context)


@form_post("consent")
def consent_withdraw(request: SignedInRequest) -> HttpResponse:
    """Withdraw in every course."""
    withdraw_consent(student=request.user, now=timezone.now())
    messages.success(request, _("You have withdrawn your consent. No more snapshots of you are analysed."))
    return redirect("consent")


@login_required
@require_GET
def course_consent(request: SignedInRequest, pk: int) -> HttpResponse:
    course = _course_of(request, pk)
    texts = ConsentText.objects.in_organisation(course.organisation_id)
    text, upcoming = texts.current(), texts.upcoming()
    history = list(request.user.consents.filter(course=course).select_related("text"))
    all_standing = [each for each in history if each.withdrawn_at is None]
    # A consent to be read by name also allows anonymous readings.
    standing = {each.text: each for each in all_standing if course.is_anonymous or not each.is_anonymous}
    context: dict[str, Any] = {
        "course": course,
        "sees_course": may_see_own_history(request.user, course),
        "text": text,
        "translation": translated_body(text),
        "consent": standing.get(text),
        "standing": all_standing,
        "agreed_to_older": any(each.version < text.version for each in standing),
        "is_anonymous_only": bool(all_standing) and not standing,
        "lacks_guardian": lacks_guardian(request.user, course=course),
        "may_agree": course.reads_faces and course.enrolments.filter(student=request.user).exists(),
        "history": history,
        "reading_count": _readings_to_erase(request, history),
        "next": _safe_next(request, request.GET.get("next", "")),
        "upcoming": upcoming,
    }
    if upcoming:
        context |= {"upcoming_translation": translated_body(upcoming), "agrees_to_upcoming": upcoming in standing}
    return render(request, "classroom/course_consent.html", context)


@form_post("course_consent")
def course_consent_grant(request: SignedInRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course.objects.with_camera().attended_by(request.user), pk=pk)
    next_url = _safe_next(request, request.POST.get("next", ""))
    version = request.POST.get("version", "")
    if request.POST.get("agree") != "on":
        messages.error(request, _("Tick the box to agree. Otherwise your camera is not used."))
        return _back_to_text(course, next_url)
    try:
        # Use what the student read, even if the course has changed since.
        is_anonymous = request.POST.get("anonymous") == "yes"
        grant_consent(
            student=request.user, course=course, version=int(version), now=timezone.now(), is_anonymous=is_anonymous
        )
    except (ConsentText.DoesNotExist, ValueError):
        messages.error(request, _("The text has changed since you opened the page. Please read it again."))
        return _back_to_text(course, next_url)
    messages.success(request, _("Thank you. You can withdraw your consent at any time."))
    return redirect(next_url or reverse("course_detail", args=[pk]))


@form_post("course_consent")
def course_consent_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    course = _course_of(request, pk)
    withdraw_consent(student=request.user, course=course, now=timezone.now())
    text = _("You have withdrawn your consent in %(course)s. No more snapshots of you are analysed there.")
    messages.success(request, text % {"course": course})
    return _back_to_text(course, _safe_next(request, request.POST.get("next", "")))


def _course_of(request: SignedInRequest, pk: int) -> Course:
    """A course whose history concerns the student, or in which they have agreed."""
    course = get_object_or_404(Course, pk=pk)
    if not may_see_own_history(request.user, course) and not request.user.consents.filter(course=course).exists():
        raise Http404
    return course


def _readings_to_erase(request: SignedInRequest, history: list[CourseConsent]) -> int:
    """Return how many readings a student who has withdrawn may want to erase."""
    has_withdrawn = bool(history) and all(each.withdrawn_at for each in history)
    return count_readings(request.user) if has_withdrawn else 0


def _back_to_text(course: Course, next_url: str) -> HttpResponse:
    here = reverse("course_consent", args=[course.pk])
    return redirect(f"{here}?{urlencode({'next': next_url})}" if next_url else here)


def _safe_next(request: HttpRequest, url: str) -> str:
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if allowed else ""
