"""Messages of webhooks, sent to a real server: what is in them, their signatures, and what happens if it fails."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation, SecurityEvent
from classroom.domain.sessions import end_session, start_session
from classroom.domain.webhooks.deliveries import (
    CLAIMED_FOR,
    FAILING_FOR,
    FAILURES_MAX,
    PAUSES,
    delete_old_deliveries,
    send_due,
)
from classroom.domain.webhooks.management import change_secret, change_webhook
from classroom.domain.webhooks.messages import send_test, tell_of_alerts
from classroom.domain.webhooks.signing import new_secret, signature
from classroom.models import Alert, AlertKind, ClassSession, Webhook, WebhookDelivery, WebhookEvent
from tests import factories
from tests.classroom.domain.alerts.stories import live, present, quick_session, read
from tests.classroom.webhook_target import listening
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _targets_may_be_local(settings):
    settings.PRIVATE_TARGETS_ALLOWED = True


@pytest.fixture
def target():
    with listening() as found:
        yield found


@pytest.fixture
def webhook(target):
    return made(target)


def made(target, **fields) -> Webhook:
    about = {"name": "Timetable", "url": target.url, "events": WebhookEvent.values, "secret": new_secret()}
    return Webhook.objects.create(**about | fields)


def messages(target) -> list[dict]:
    return [json.loads(body) for _path, _headers, body in target.requests]


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split()


def test_signature_is_that_of_the_standard():
    """The example of Standard Webhooks' own libraries."""
    given = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_start_and_end_of_a_class_are_told_with_a_signature(webhook, target):
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


def test_alert_is_told_without_a_person(webhook, target):
    session = factories.session(factories.course(name="Logic"))
    student = factories.student_of(session.course, "Ada Lovelace")
    alerts = [
        Alert.objects.create(
            session=session, student=student, kind=AlertKind.STUDENT_AWAY, pending_at=NOW, fired_at=NOW
        ),
        Alert.objects.create(session=session, kind=AlertKind.PRESENCE_LOW, pending_at=NOW, fired_at=NOW),
    ]
    tell_of_alerts(session, alerts)
    send_due()
    about = {"session": session.pk, "course": session.course_id, "course_name": "Logic"}
    assert messages(target) == [
        {"type": "alert.fired", "timestamp": "2026-11-02T10:00:00+00:00", "data": {**about, "alert": pk, "kind": kind}}
        for pk, kind in ((alerts[0].pk, "student_away"), (alerts[1].pk, "presence_low"))
    ]


def test_alert_that_fires_in_a_class_is_told_once(webhook, target):
    session = quick_session()
    read(session, present(session, "Ada Lovelace"), "sad", 0, 60)
    live(session, 60)
    alert = Alert.objects.get()
    send_due()
    assert [(each["alert"], each["kind"]) for each in told_alerts(target)] == [(alert.pk, "student_negative")]


def test_alert_that_another_explains_is_not_told(webhook, target):
    """Those about its students fire in the same moment as that about the class."""
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
    tell_of_alerts(session, alerts)
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


def test_simulated_classes_are_not_told_of(webhook, target):
    start_session(course=factories.course(simulated=True), topic="Means", now=NOW)
    assert not WebhookDelivery.objects.exists()


def test_nothing_is_told_of_what_was_rolled_back(webhook):
    with transaction.atomic():
        start_session(course=factories.course(), topic="Means", now=NOW)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def let_pass(pause: timedelta) -> None:
    """As if the next try were due after the pause."""
    delivery = WebhookDelivery.objects.get()
    now = timezone.now()
    assert now < delivery.next_attempt_at <= now + pause
    WebhookDelivery.objects.update(next_attempt_at=now)


def test_failed_message_is_tried_again_with_the_same_id(webhook, target):
    target.answers = [500, 302]
    delivery = send_test(webhook, now=timezone.now())
    send_due()
    send_due()
    delivery.refresh_from_db()
    assert (len(target.requests), delivery.state, delivery.status, delivery.problem) == (1, "waiting", 500, "status")
    let_pass(PAUSES[0])
    send_due()
    delivery.refresh_from_db()
    assert delivery.problem == "redirect"
    let_pass(PAUSES[1])
    send_due()
    delivery.refresh_from_db()
    webhook.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.status, delivery.problem) == ("delivered", 3, 204, "")
    assert (webhook.failures, webhook.failing_since) == (0, None)
    assert {headers["webhook-id"] for _path, headers, _body in target.requests} == {delivery.message_id}
    assert messages(target)[0]["type"] == "webhook.test"


def test_message_is_given_up_after_its_last_try(webhook, target):
    target.answers = [503] * 20
    delivery = send_test(webhook, now=timezone.now())
    for pause in PAUSES:
        send_due()
        let_pass(pause)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == ("failed", len(PAUSES) + 1, None)
    send_due()
    assert len(target.requests) == len(PAUSES) + 1


def test_try_of_a_stopped_process_is_repeated(webhook, target):
    delivery = send_test(webhook, now=timezone.now())
    claimed = WebhookDelivery.objects.filter(pk=delivery.pk)
    claimed.update(attempts=1, next_attempt_at=timezone.now() + CLAIMED_FOR)
    send_due()
    assert target.requests == []
    claimed.update(next_attempt_at=timezone.now())
    send_due()
    assert len(target.requests) == 1


def test_failing_webhook_does_not_delay_the_others(target):
    with listening() as closed:
        pass
    failing, working = made(closed, name="A"), made(target, name="B")
    for _ in range(3):
        send_test(failing, now=NOW)
    send_test(working, now=timezone.now())
    send_due()
    assert sorted(failing.deliveries.values_list("attempts", flat=True)) == [0, 0, 1]
    assert working.deliveries.get().state == "delivered"


@pytest.mark.parametrize(
    ("failures", "hours", "status", "is_on"),
    [(FAILURES_MAX, 25, 500, False), (FAILURES_MAX, 1, 500, True), (2, 25, 500, True), (1, 0, 410, False)],
    ids=["many over a day", "many in an hour", "few", "gone"],
)
def test_webhook_that_keeps_failing_is_switched_off(
    webhook, target, failures, hours, status, is_on, django_capture_on_commit_callbacks
):
    since = timezone.now() - timedelta(hours=hours)
    assert timedelta(hours=24) == FAILING_FOR
    Webhook.objects.filter(pk=webhook.pk).update(failures=failures - 1, failing_since=since)
    target.answers = [status]
    send_test(webhook, now=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        send_due()
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.switched_off_at is None, webhook.failures) == (is_on, is_on, failures)
    assert SecurityEvent.objects.filter(event="webhook_switched_off").exists() != is_on
    if not is_on:
        webhook.is_active = True
        change_webhook(webhook=webhook, changed=["is_active"])
        webhook.refresh_from_db()
        assert (webhook.is_active, webhook.failures, webhook.switched_off_at) == (True, 0, None)


def test_both_secrets_sign_for_a_day(webhook, target):
    former, now = webhook.secret, timezone.now()
    change_secret(webhook=webhook, now=now)
    assert webhook.secret != former
    send_test(webhook, now=now)
    send_due()
    Webhook.objects.update(former_secret_until=now - timedelta(seconds=1))
    send_test(webhook, now=now)
    send_due()
    signed = [
        [is_signed(headers, body, secret) for secret in (webhook.secret, former)]
        for _path, headers, body in target.requests
    ]
    assert signed == [[True, True], [True, False]]


def test_secret_is_encrypted_in_the_database(webhook):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, former_secret FROM classroom_webhook")
        [(secret, former)] = cursor.fetchall()
    assert (webhook.secret in secret, former) == (False, "")
    assert Webhook.objects.get().secret == webhook.secret


def test_nothing_is_sent_without_a_signature(webhook, target, settings):
    """The server has another key than that which has encrypted the secret."""
    settings.SECRET_KEY = "another key of the server " * 2
    send_test(Webhook.objects.get(), now=timezone.now())
    send_due()
    assert (target.requests, WebhookDelivery.objects.get().problem) == ([], "secret")


def test_address_inside_gets_nothing(webhook, target, settings):
    settings.PRIVATE_TARGETS_ALLOWED = False
    send_test(webhook, now=timezone.now())
    send_due()
    assert (target.requests, WebhookDelivery.objects.get().problem) == ([], "private")


def test_old_deliveries_are_deleted(webhook):
    now = timezone.now()
    old, kept = (send_test(webhook, now=now - timedelta(days=days)) for days in (31, 29))
    assert delete_old_deliveries(now=now) == 1
    assert list(WebhookDelivery.objects.all()) == [kept]
    assert old.pk != kept.pk
