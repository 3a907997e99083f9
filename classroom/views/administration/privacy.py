"""Privacy at a glance: what is kept, how long, under which text, and whom to ask."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import ConsentText
from accounts.requests import SignedInRequest
from classroom.domain.personal_data.registry import records_of_processing
from classroom.domain.retention import courses_with_own_retention, school_retention_days
from classroom.views.administration.access import administrators_only


@require_GET
@administrators_only
def privacy(request: SignedInRequest) -> HttpResponse:
    school = request.user.organisation
    texts = ConsentText.objects.in_organisation(school.pk)
    days = school_retention_days(school)
    context = {
        "records": records_of_processing(class_days=days),
        "retention_days": days,
        "security_log_days": settings.SECURITY_LOG_DAYS,
        "contact": settings.PRIVACY_CONTACT,
        "text": texts.current(),
        "upcoming": texts.upcoming(),
        "own_retention": courses_with_own_retention(school.pk),
    }
    return render(request, "administration/privacy.html", context)
