"""People, courses and enrolments as files that the page Imports reads back."""

from collections.abc import Callable, Iterable

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import OrganisationId
from accounts.requests import SignedInRequest
from classroom.domain.imports.exports import courses_table, enrolments_table, people_table
from classroom.views.administration.access import administrators_only
from classroom.views.table_files import Row, table_response
from classroom.views.throttling import throttle_downloads


@require_GET
@administrators_only
@throttle_downloads
def people_csv(request: SignedInRequest) -> HttpResponse:
    return _download(request, people_table, "people")


@require_GET
@administrators_only
@throttle_downloads
def courses_csv(request: SignedInRequest) -> HttpResponse:
    return _download(request, courses_table, "courses")


@require_GET
@administrators_only
@throttle_downloads
def enrolments_csv(request: SignedInRequest) -> HttpResponse:
    return _download(request, enrolments_table, "enrolments")


def _download(request: SignedInRequest, table: Callable[[OrganisationId], Iterable[Row]], name: str) -> HttpResponse:
    return table_response(request, table(request.user.organisation_id), name, timezone.localdate().isoformat())
