"""The pages on which a school's administrators change how it looks and how long it keeps its classes."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.organisations.changes import change_looks
from accounts.organisations.forms import LooksForm
from accounts.requests import SignedInRequest
from classroom.domain.retention import school_expiring_count, school_retention_days, set_school_retention
from classroom.forms.retention import RetentionForm
from classroom.views.administration.access import administrators_only


@require_http_methods(["GET", "POST"])
@administrators_only
def school(request: SignedInRequest) -> HttpResponse:
    organisation = request.user.organisation
    is_sent = request.method == "POST"
    form = LooksForm(request.POST if is_sent else None, request.FILES if is_sent else None, organisation=organisation)
    if is_sent and form.is_valid():
        data = form.cleaned_data
        change_looks(
            organisation=organisation,
            name=data["name"],
            colour=data["colour"],
            png=form.png,
            without_logo=data.get("without_logo", False),
        )
        messages.success(request, _("Saved."))
        return redirect("administration:school")
    context = {"form": form, "organisation": organisation}
    return render(request, "administration/school.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@administrators_only
def retention(request: SignedInRequest) -> HttpResponse:
    organisation = request.user.organisation
    form = RetentionForm(
        request.POST or None,
        initial={"days": organisation.retention_days},
        longest=settings.RETENTION_DAYS,
        empty=_("Empty: as long as this server keeps classes."),
    )
    expiring = 0
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        expiring = school_expiring_count(organisation, days, now=timezone.now())
        if not expiring or request.POST.get("sure") == "on":
            set_school_retention(organisation=organisation, days=days)
            messages.success(request, _("Saved."))
            return redirect("administration:school_retention")
    context = {
        "form": form,
        "days": school_retention_days(organisation),
        "server_days": settings.RETENTION_DAYS,
        "expiring": expiring,
    }
    status = 422 if expiring or form.errors else 200
    return render(request, "administration/school_retention.html", context, status=status)
