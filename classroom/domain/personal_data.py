"""Everything that is stored about one user, as JSON, a chunk of rows at a time.

A person's rows name nobody else: not who noted an alert, nor from which address an administrator changed the account.
Times are in UTC.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import Consent, ConsentText, SecurityEvent, User
from classroom.models import (
    Alert,
    Attendance,
    Course,
    Enrolment,
    JoinRequest,
    Marker,
    RaisedHand,
    Reading,
    Removal,
    SelfReport,
    Stay,
    StudentMinute,
)

CHUNK_ROWS = 2000
PROFILE = (
    *("id", "name", "email", "school_id", "role", "language", "time_zone"),
    *("date_joined", "last_login", "is_active"),
)
CLASS = ("session_id", "session__course__name", "session__topic", "session__started_at", "session__ended_at")
READING = [field.attname for field in Reading._meta.concrete_fields if field.name not in ("id", "student")]
MINUTE = [field.attname for field in StudentMinute._meta.concrete_fields if field.name not in ("id", "student")]


@dataclass(frozen=True)
class Section:
    """Rows of one kind. `fields` become the keys, with a dot where Django looks into another table.

    There may be hundreds of thousands of rows `by_session`; the indexes find those of one session.
    """

    name: str
    rows: QuerySet[Any]
    fields: tuple[str, ...] | list[str]
    by_session: bool = False


def sections(user: User) -> list[Section]:
    own_address = Case(When(actor=user, then=F("address")))
    events = SecurityEvent.objects.filter(Q(subject=user) | Q(actor=user)).annotate(from_address=own_address)
    texts = ConsentText.objects.filter(consents__user=user).distinct()
    alerts = ("kind", "pending_at", "fired_at", "recovering_at", "recovered_at", "acknowledged_at", "figures")
    stay = ("attendance__session_id", "joined_at", "last_seen_at", "left_at")
    course = ("course_id", "course__name")
    attendance = (*CLASS, "camera", "left", "changed_at")
    return [
        Section("addresses", EmailAddress.objects.filter(user=user), ("email", "verified", "primary")),
        Section("consents", Consent.objects.filter(user=user), ("text__version", "granted_at", "withdrawn_at")),
        Section("consent_texts", texts, ("version", "body", "published_at", "applies_from")),
        Section("courses", Enrolment.objects.filter(student=user), (*course, "joined_at")),
        Section("join_requests", JoinRequest.objects.filter(student=user), (*course, "requested_at")),
        Section("removals", Removal.objects.filter(student=user), (*course, "removed_at", "blocked")),
        Section("classes", Attendance.objects.filter(student=user), attendance),
        Section("stays", Stay.objects.filter(attendance__student=user), stay),
        Section("answers", SelfReport.objects.filter(student=user), ("session_id", "answer", "at")),
        Section("hands", RaisedHand.objects.filter(student=user), ("session_id", "raised_at", "lowered_at")),
        Section("alerts_about_me", Alert.objects.filter(student=user), ("session_id", *alerts)),
        Section("readings", Reading.objects.filter(student=user), READING, by_session=True),
        Section("minutes", StudentMinute.objects.filter(student=user), MINUTE, by_session=True),
        Section("courses_taught", Course.objects.taught_by(user), ("id", "name", "description", "created_at")),
        Section("markers", Marker.objects.filter(author=user), ("session_id", "at", "text")),
        Section("alerts_noted", Alert.objects.filter(acknowledged_by=user), ("session_id", "kind", "acknowledged_at")),
        Section("account_events", events, ("at", "event", "from_address")),
        Section("administration", LogEntry.objects.filter(user=user), ("action_time", "action_flag")),
    ]


def personal_data_chunks(user: User) -> Iterator[str]:
    """Yield a JSON object with a list for each section. No query stays open between two chunks."""
    profile = User.objects.filter(pk=user.pk).values(*PROFILE).get()
    yield '{\n"profile": ' + _encode(profile)
    for section in sections(user):
        yield f',\n"{section.name}": ['
        separator = "\n"
        for rows in _parts(section):
            for chunk in _chunks(rows, section.fields):
                yield separator + ",\n".join(map(_encode, chunk))
                separator = ",\n"
        yield "]"
    yield "\n}\n"


def _parts(section: Section) -> Iterator[QuerySet[Any]]:
    if not section.by_session:
        yield section.rows
        return
    for session_id in list(section.rows.order_by("session").values_list("session_id", flat=True).distinct()):
        yield section.rows.filter(session=session_id)


def _chunks(of: QuerySet[Any], fields: tuple[str, ...] | list[str]) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while chunk := list(of.filter(pk__gt=last).order_by("pk").values("pk", *fields)[:CHUNK_ROWS]):
        last = chunk[-1]["pk"]
        yield [{name.replace("__", "."): row[name] for name in fields} for row in chunk]


def _encode(row: dict[str, Any]) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
