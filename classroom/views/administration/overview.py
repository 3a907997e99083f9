from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from classroom.domain.courses.listings import needs_attention, school_counts
from classroom.models import Course, Webhook
from classroom.tasks import course_deletion
from classroom.views.administration.access import administrators_only


@require_GET
@administrators_only
def overview(request: SignedInRequest) -> HttpResponse:
    if settings.EMBEDDED and Course.objects.being_deleted().exists():
        course_deletion.start()  # finishes what a stopped server left behind; distributed, beat sends the task
    context = {
        "figures": school_counts(request.user.organisation_id),
        "attention": needs_attention(request.user.organisation_id, day=timezone.localdate()),
        "webhooks_switched_off": list(Webhook.objects.in_organisation(request.user.organisation_id).switched_off()),
        "mail_is_sent": settings.MAIL_IS_SENT,
    }
    return render(request, "administration/overview.html", context)
