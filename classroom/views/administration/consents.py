"""The list of guardians' consents, and the pages on which an administrator records one or its withdrawal."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import SignedInRequest
from classroom.domain.consent.guardians import (
    AlreadyRecorded,
    consent_for_all_courses,
    record_guardian_consent,
    withdraw_guardian_consent,
)
from classroom.forms.guardians import GuardianConsentFilters, GuardianConsentForm, GuardianWithdrawalForm
from classroom.models import GuardianConsent
from classroom.models.consent import GuardianConsentQuerySet
from classroom.views.administration.access import administrators_only
from classroom.views.administration.lists import Column, list_page

COLUMNS = (
    Column("student", gettext_lazy("Student"), ("student__sort_key",)),
    Column("course", gettext_lazy("Course"), ("course__sort_key",)),
    Column("guardian", gettext_lazy("Parent or guardian"), ("guardian",)),
    Column("given", gettext_lazy("Agreed"), ("given_on",)),
    Column("recorded", gettext_lazy("Recorded"), ("recorded_at",)),
    Column("state", gettext_lazy("State"), ("withdrawn_at",)),
)


@require_GET
@administrators_only
def guardian_consents(request: SignedInRequest) -> HttpResponse:
    rows = _consents(request).select_related("student", "course", "recorded_by", "withdrawal_recorded_by")
    page = list_page(request, GuardianConsentFilters(request.GET, rows), COLUMNS)
    context = {"list": page, "is_required": settings.GUARDIAN_CONSENT_REQUIRED}
    return render(request, "administration/guardian_consents.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def guardian_consent_record(request: SignedInRequest) -> HttpResponse:
    form = GuardianConsentForm(
        request.POST if request.method == "POST" else None, organisation=request.user.organisation_id
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        student = data.pop("person")
        try:
            record_guardian_consent(student=student, administrator=request.user, now=timezone.now(), **data)
        except AlreadyRecorded:
            form.add_error(None, _("This is recorded already. Withdraw that record first if it was wrong."))
        else:
            messages.success(request, _("The consent for %(name)s is recorded.") % {"name": student.display_name})
            return redirect("administration:guardian_consents")
    status = 422 if form.errors else 200
    return render(request, "administration/guardian_consent_record.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@administrators_only
def guardian_consent_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    consent = get_object_or_404(_consents(request).in_force().select_related("student", "course"), pk=pk)
    form = GuardianWithdrawalForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        withdraw_guardian_consent(
            consent=consent, how=form.cleaned_data["how"], administrator=request.user, now=timezone.now()
        )
        messages.success(request, _("The withdrawal is recorded."))
        return redirect("administration:guardian_consents")
    status = 422 if form.errors else 200
    for_all = consent_for_all_courses(consent.student)
    context = {"form": form, "consent": consent, "for_all": for_all if for_all != consent else None}
    return render(request, "administration/guardian_consent_withdraw.html", context, status=status)


def _consents(request: SignedInRequest) -> GuardianConsentQuerySet:
    return GuardianConsent.objects.in_organisation(request.user.organisation_id)
