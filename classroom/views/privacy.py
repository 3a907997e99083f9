"""The privacy page, where students delete what is stored about them."""

import math

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.decorators import form_post
from accounts.organisations.shown import organisation_of, organisation_of_visitor
from accounts.requests import SignedInRequest
from accounts.security_log.events import Event, record
from classroom.domain.permissions import has_student_pages
from classroom.domain.personal_data.registry import erase_section, records_of_processing
from classroom.domain.readings.record import count_readings
from classroom.domain.retention import school_retention_days
from classroom.domain.self_reports import count_self_reports


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is stored and how long, according to the settings and the school, and let students erase theirs."""
    school = organisation_of(request.user) or organisation_of_visitor(request)
    days = school_retention_days(school) if school else settings.RETENTION_DAYS
    context = {
        "shortest": settings.SNAPSHOT_INTERVAL_MS / 1000,
        "longest": max(settings.SNAPSHOT_INTERVAL_MS, settings.SNAPSHOT_INTERVAL_MAX_MS) / 1000,
        "snapshot_s": settings.SNAPSHOT_TTL_S,
        "retention_days": days,
        "school_is_known": school is not None,
        "security_log_days": settings.SECURITY_LOG_DAYS,
        "pending_minutes": math.ceil(settings.KEPT_READINGS_S / 60),
        "session_idle_hours": settings.SESSION_IDLE_HOURS,
        "contact": settings.PRIVACY_CONTACT,
        "records": records_of_processing(class_days=days),
        "reading_count": 0,
        "said_count": 0,
        "has_student_pages": False,
    }
    if request.user.is_authenticated and has_student_pages(request.user):
        context |= {"has_student_pages": True}
        context |= {"reading_count": count_readings(request.user), "said_count": count_self_reports(request.user)}
    return render(request, "classroom/privacy.html", context)


@form_post("privacy")
def readings_erase(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    readings = erase_section("readings", user=request.user, now=now)
    responses = erase_section("answers", user=request.user, now=now) if request.POST.get("said") == "on" else 0
    if readings or responses:
        record(Event.DATA_ERASED, subject=request.user, readings=readings, responses=responses)
    if readings:
        text = ngettext("%(count)d reading was deleted.", "%(count)d readings were deleted.", readings)
        messages.success(request, text % {"count": readings})
    if responses:
        text = ngettext(
            "%(count)d answer or raised hand was deleted.",
            "%(count)d answers and raised hands were deleted.",
            responses,
        )
        messages.success(request, text % {"count": responses})
    if not readings and not responses:
        messages.success(request, _("There was nothing to delete."))
    return redirect("privacy")
