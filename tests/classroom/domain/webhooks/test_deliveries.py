"""Deliveries of webhooks to a real server, and what happens if they fail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SecurityEvent
from classroom.domain.webhooks.deliveries import (
    CLAIMED_FOR,
    FAILING_FOR,
    MAX_FAILURES,
    RETRY_DELAYS,
    delete_old_deliveries,
    send_due,
)
from classroom.domain.webhooks.management import change_webhook
from classroom.domain.webhooks.messages import send_test
from classroom.models import Webhook, WebhookDelivery
from tests.classroom.domain.webhooks.receiving import made, messages
from tests.classroom.webhook_target import listening
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def let_pass(delay: timedelta) -> None:
    """Make the next try due, as if the delay were over."""
    delivery = WebhookDelivery.objects.get()
    now = timezone.now()
    assert now < delivery.next_attempt_at <= now + delay
    WebhookDelivery.objects.update(next_attempt_at=now)


def test_failed_message_is_tried_again_with_the_same_id(webhook, target):
    target.answers = [500, 302]
    delivery = send_test(webhook, now=timezone.now())
    send_due()
    send_due()
    delivery.refresh_from_db()
    assert (len(target.requests), delivery.state, delivery.status, delivery.problem) == (1, "waiting", 500, "status")
    let_pass(RETRY_DELAYS[0])
    send_due()
    delivery.refresh_from_db()
    assert delivery.problem == "redirect"
    let_pass(RETRY_DELAYS[1])
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
    for delay in RETRY_DELAYS:
        send_due()
        let_pass(delay)
    send_due()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == ("failed", len(RETRY_DELAYS) + 1, None)
    send_due()
    assert len(target.requests) == len(RETRY_DELAYS) + 1


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
    [(MAX_FAILURES, 25, 500, False), (MAX_FAILURES, 1, 500, True), (2, 25, 500, True), (1, 0, 410, False)],
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
