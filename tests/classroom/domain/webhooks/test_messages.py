"""The messages of webhooks, sent to a real server."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import Organisation
from classroom.domain.sessions import end_session, start_session
from classroom.domain.webhooks.deliveries import send_due
from classroom.domain.webhooks.messages import queue_alerts_fired
from classroom.models import Alert, AlertKind, ClassSession, WebhookDelivery
from tests import factories
from tests.classroom.domain.alerts.stories import live, present, quick_session, read
from tests.classroom.domain.webhooks.receiving import is_signed, made, messages
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_start_and_end_of_a_class_are_reported_with_a_signature(webhook, target):
    course = factories.course(name="Logic")
    session = start_session(course=course, topic="A secret topic", now=NOW)
    end_session(session=session, now=NOW + timedelta(minutes=45))
    send_due()
    about = {"session": session.pk, "course": course.pk, "course_name": "Logic"}
    assert messages(target) == [
        {"type": "session.started", "timestamp": "2026-11-02T10:00:00+00:00", "data": about},
        {"type": "session.ended", "timestamp": "2026-11-02T10:45:00+00:00", "data": about},
    ]
    ids = set()
    for path, headers, body in target.requests:
        assert (path, headers["content-type"]) == ("/hook?school=1", "application/json")
        assert is_signed(headers, body, webhook.secret)
        assert not is_signed(headers, body + b" ", webhook.secret)
        ids.add(headers["webhook-id"])
    assert len(ids) == 2
    send_due()
    assert len(target.requests) == 2


def told_alerts(target) -> list[dict]:
    return [each["data"] for each in messages(target) if each["type"] == "alert.fired"]


def test_alert_is_reported_without_a_person(webhook, target):
    session = factories.session(factories.course(name="Logic"))
    student = factories.student_of(session.course, "Ada Lovelace")
    alerts = [
        Alert.objects.create(
            session=session, student=student, kind=AlertKind.STUDENT_AWAY, pending_at=NOW, fired_at=NOW
        ),
        Alert.objects.create(session=session, kind=AlertKind.PRESENCE_LOW, pending_at=NOW, fired_at=NOW),
    ]
    queue_alerts_fired(session, alerts)
    send_due()
    about = {"session": session.pk, "course": session.course_id, "course_name": "Logic"}
    assert messages(target) == [
        {"type": "alert.fired", "timestamp": "2026-11-02T10:00:00+00:00", "data": {**about, "alert": pk, "kind": kind}}
        for pk, kind in ((alerts[0].pk, "student_away"), (alerts[1].pk, "presence_low"))
    ]


def test_alert_that_fires_in_a_class_is_reported_once(webhook, target):
    session = quick_session()
    read(session, present(session, "Ada Lovelace"), "sad", 0, 60)
    live(session, 60)
    alert = Alert.objects.get()
    send_due()
    assert [(each["alert"], each["kind"]) for each in told_alerts(target)] == [(alert.pk, "student_negative")]


def test_alert_that_another_explains_is_not_reported(webhook, target):
    """The alerts about its students fire at the same moment as the one about the class."""
    session = factories.session()
    for _ in range(6):
        read(session, present(session), "sad", 0, 60)
    live(session, 60)
    assert Alert.objects.exclude(student=None).count() == 6
    send_due()
    assert [each["alert"] for each in told_alerts(target)] == [Alert.objects.get(student=None).pk]


def test_anonymous_class_tells_of_no_student(webhook, target):
    session = factories.session()
    ClassSession.objects.filter(pk=session.pk).update(is_anonymous=True)
    session.refresh_from_db()
    student = factories.student_of(session.course)
    alerts = [
        Alert.objects.create(session=session, student=each, kind=kind, pending_at=NOW, fired_at=NOW)
        for each, kind in ((student, AlertKind.STUDENT_AWAY), (None, AlertKind.CLASS_NEGATIVE))
    ]
    queue_alerts_fired(session, alerts)
    send_due()
    assert [each["kind"] for each in told_alerts(target)] == ["class_negative"]


@pytest.mark.parametrize(
    "fields", [{"events": ["session.ended"]}, {"is_active": False}, {"events": []}], ids=["another", "off", "none"]
)
def test_webhook_is_told_only_of_what_it_asks_for(target, fields):
    made(target, **fields)
    start_session(course=factories.course(), topic="Means", now=NOW)
    send_due()
    assert target.requests == []


def test_webhook_of_another_school_is_not_told(target):
    made(target, organisation=Organisation.objects.create(name="Another school"))
    start_session(course=factories.course(), topic="Means", now=NOW)
    assert not WebhookDelivery.objects.exists()


def test_simulated_classes_are_not_reported(webhook, target):
    start_session(course=factories.course(simulated=True), topic="Means", now=NOW)
    assert not WebhookDelivery.objects.exists()


def test_nothing_is_sent_about_what_was_rolled_back(webhook):
    with transaction.atomic():
        start_session(course=factories.course(), topic="Means", now=NOW)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()
