"""The security log as an audit log: append-only, with one row for what somebody looks at repeatedly."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.models import SecurityEvent, security_event
from accounts.security_log.events import Event, record, record_view
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(user):
    record(Event.SIGN_IN, subject=user)
    return SecurityEvent.objects.get(event="sign_in")


def views() -> list[tuple]:
    events = SecurityEvent.objects.filter(event="data_viewed").order_by("pk")
    return list(events.values_list("actor_id", "subject_id", "course", "session", "details"))


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.save(update_fields=["event"]),
        lambda row: row.delete(),
        lambda row: SecurityEvent.objects.all().delete(),
        lambda row: SecurityEvent.objects.filter(pk=row.pk).update(event="other"),
        lambda row: SecurityEvent.objects.bulk_update([row], ["event"]),
        lambda row: SecurityEvent.objects.update_or_create(pk=row.pk, defaults={"event": "other"}),
    ],
    ids=["save", "save of fields", "delete", "delete all", "update", "bulk_update", "update_or_create"],
)
def test_stored_event_is_neither_changed_nor_deleted(stored, change):
    stored.event = "other"
    with pytest.raises(security_event.AppendOnly):
        change(stored)
    assert SecurityEvent.objects.get(pk=stored.pk).event == "sign_in"


@pytest.mark.parametrize("statement", ["update {0} set event = 'other'", "delete from {0}"])
def test_postgres_refuses_a_change_by_any_other_way(stored, statement):
    """SQLite has no trigger, because its file belongs to the server's operator."""
    refused = False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format("accounts_securityevent"))
    except DatabaseError as error:
        refused = "append-only" in str(error)
    assert refused == (connection.vendor == "postgresql")
    assert SecurityEvent.objects.filter(event="sign_in").exists() == refused


@pytest.mark.parametrize("rows", [0, 2, 5])
def test_retention_deletes_in_parts_and_all_that_is_older(monkeypatch, rows):
    monkeypatch.setattr(security_event, "DELETE_BATCH_ROWS", 2)
    now = timezone.now()
    for days in range(rows):
        SecurityEvent.objects.create(at=now - timedelta(days=31 + days), event="old")
    SecurityEvent.objects.create(at=now - timedelta(days=30), event="new")
    assert SecurityEvent.objects.delete_expired(before=now - timedelta(days=30)) == rows
    assert [each.event for each in SecurityEvent.objects.all()] == ["new"]


def test_page_opened_again_is_one_event(user, django_assert_num_queries):
    student = factories.user()
    with django_assert_num_queries(1):
        for _ in range(3):
            record_view("session_student", actor=user, subject=student.pk, session=7)
    record_view("session_student", actor=user, subject=student.pk, session=8)
    record_view("session_report", actor=user, session=7)
    assert views() == [
        (user.pk, student.pk, None, 7, {"session": 7, "view": "session_student"}),
        (user.pk, student.pk, None, 8, {"session": 8, "view": "session_student"}),
        (user.pk, None, None, 7, {"session": 7, "view": "session_report"}),
    ]


def test_other_people_who_open_the_page_are_events_of_their_own(user):
    for viewer in (user, factories.teacher()):
        record_view("course_register", actor=viewer, course=3)
    assert len(views()) == 2


def test_own_page_is_no_event(user):
    record_view("person", actor=user, subject=user.pk)
    assert views() == []


def test_page_is_recorded_although_nobody_can_tell_whether_it_was_before(user, monkeypatch):
    def refuse(*args, **kwargs):
        raise RedisError("away")

    monkeypatch.setattr(cache, "add", refuse)
    record_view("session_report", actor=user, session=7)
    assert len(views()) == 1
