"""The audit log, as a list and as a file."""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import get_current_timezone, localdate, localtime, make_aware
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.models import SecurityEvent, User
from accounts.requests import SignedInRequest
from accounts.security_log.labels import EVENT_LABELS
from classroom.domain.audit import audit_rows
from classroom.forms.list_filters import SearchFilter
from classroom.views.administration.access import administrators_only
from classroom.views.administration.lists import Column, list_page
from classroom.views.downloads import as_attachment, stream_response
from classroom.views.table_files import BOM, CSV_TYPE, Row, csv_text, row_chunks
from classroom.views.throttling import throttle_downloads
from classroom.views.viewing import records_view

CHUNK_ROWS = 1000
COLUMNS = [
    Column("at", _("When"), ("at",)),
    Column("actor", _("Who")),
    Column("event", _("What"), ("event", "at")),
    Column("subject", _("Whose")),
    Column("about", _("Course or class")),
    Column("details", _("Details")),
    Column("address", _("Network address")),
]
HEADER = ["at", "event", "actor", "actor_name", "subject", "subject_name", "course", "session", "details", "address"]


class PersonFilter(SearchFilter):
    """Events caused by, or about, somebody with such a name or address."""

    def filter(self, qs: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        if not (value or "").strip():
            return qs
        people = super().filter(User.objects.all(), value).values("pk")
        return qs.filter(Q(actor__in=people) | Q(subject__in=people))


class DayFilter(django_filters.DateFilter):
    """Events from the start of a day in the reader's time zone, or before its end."""

    def __init__(self, *args: Any, ends: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **kwargs)
        self.ends = ends

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if value is None or not 1900 < value.year < 3000:
            return qs
        if self.ends:
            return qs.filter(at__lt=make_aware(datetime.combine(value + timedelta(days=1), time.min)))
        return qs.filter(at__gte=make_aware(datetime.combine(value, time.min)))


class AuditFilters(django_filters.FilterSet):
    search = PersonFilter("name", "email", "school_id")
    event = django_filters.ChoiceFilter(
        label=_("What"),
        choices=[(str(name), label) for name, label in EVENT_LABELS.items()],
        empty_label=_("Everything"),
    )
    since = DayFilter(label=_("From"))
    until = DayFilter(label=_("To"), ends=True)


@require_GET
@administrators_only
@records_view("administration:audit")
def audit(request: SignedInRequest) -> HttpResponse:
    filters = AuditFilters(request.GET, _events(request))
    listed = list_page(request, filters, COLUMNS, default_sort="-at")
    listed.page.object_list = audit_rows(list(listed.page.object_list))
    return render(request, "administration/audit.html", {"list": listed, "days": settings.SECURITY_LOG_DAYS})


@require_GET
@administrators_only
@throttle_downloads
def audit_csv(request: SignedInRequest) -> HttpResponseBase:
    """The same rows as the list, newest first, with the ids that the log stores."""
    filters = AuditFilters(request.GET, _events(request))
    response = stream_response(request, _csv_chunks(filters.qs, get_current_timezone()), content_type=CSV_TYPE)
    return as_attachment(response, f"audit-{localdate().isoformat()}.csv")


def _events(request: SignedInRequest) -> QuerySet[SecurityEvent]:
    return SecurityEvent.objects.in_organisation(request.user.organisation_id)


def _csv_chunks(events: QuerySet[SecurityEvent], zone: tzinfo) -> Iterator[str]:
    """Return the CSV in the time zone given, because a request's is no longer active when its response streams."""
    yield BOM + csv_text([HEADER])
    for chunk in row_chunks(events, "at", size=CHUNK_ROWS, newest_first=True):
        rows: list[Row] = []
        for event, row in zip(chunk, audit_rows(chunk), strict=True):
            people = (event.actor_id, row.actor, event.subject_id, row.subject)
            details = json.dumps(event.details, ensure_ascii=False) if event.details else ""
            rows.append(
                [localtime(event.at, zone), event.event, *people, event.course, event.session, details, row.address]
            )
        yield csv_text(rows)
