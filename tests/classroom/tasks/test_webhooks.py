"""The task that sends messages of webhooks, and the threads and the timer that do its work."""

import pytest
from django.utils import timezone

from classroom.domain.sessions import start_session
from classroom.domain.webhooks.signing import new_secret
from classroom.models import ClassSession, Webhook, WebhookDelivery
from classroom.tasks import webhooks
from tests import factories
from tests.classroom.webhook_target import listening
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def target(settings):
    settings.PRIVATE_TARGETS_ALLOWED = True
    with listening() as found:
        Webhook.objects.create(name="Timetable", url=found.url, events=["session.started"], secret=new_secret())
        yield found


def left_message() -> None:
    """A message as a server that stops before sending leaves it."""
    now = timezone.now()
    WebhookDelivery.objects.create(
        webhook=Webhook.objects.get(),
        message_id="msg_1",
        event="webhook.test",
        body="{}",
        created_at=now,
        next_attempt_at=now,
    )


def test_class_starts_before_the_other_software_answers(target):
    target.may_answer.clear()
    session = start_session(course=factories.course(), topic="Means", now=NOW)
    assert ClassSession.objects.get() == session
    assert WebhookDelivery.objects.get().state == "waiting"
    target.may_answer.set()
    webhooks.thread.wait_until_idle()
    assert (len(target.requests), WebhookDelivery.objects.get().state) == (1, "delivered")


def test_task_does_not_keep_its_worker_waiting(target):
    target.may_answer.clear()
    left_message()
    webhooks.send_webhooks()
    assert WebhookDelivery.objects.get().state == "waiting"
    target.may_answer.set()
    webhooks.thread.wait_until_idle()
    assert WebhookDelivery.objects.get().state == "delivered"


@pytest.mark.parametrize(("is_embedded", "count"), [(True, 1), (False, 0)], ids=["embedded", "distributed"])
def test_sign_in_continues_what_a_stopped_server_left(client, settings, target, is_embedded, count):
    settings.EMBEDDED = is_embedded
    left_message()
    client.force_login(factories.user("teacher"))
    webhooks.thread.wait_until_idle()
    assert len(target.requests) == count


def test_timer_tries_again_in_one_process(settings, target):
    settings.EMBEDDED = True
    target.answers = [503]
    left_message()
    webhooks.start()
    webhooks.thread.wait_until_idle()
    timer = webhooks._timer
    assert timer.interval == webhooks.EVERY_S
    timer.cancel()  # half a minute is over
    WebhookDelivery.objects.update(next_attempt_at=timezone.now())
    timer.function()
    webhooks.thread.wait_until_idle()
    assert (len(target.requests), WebhookDelivery.objects.get().state) == (2, "delivered")
