from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from classroom.domain.listings import school_counts
from classroom.views.administration.access import administrators_only


@require_GET
@administrators_only
def overview(request: SignedInRequest) -> HttpResponse:
    return render(request, "administration/overview.html", {"figures": school_counts()})
