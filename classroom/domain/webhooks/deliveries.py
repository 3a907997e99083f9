"""Sends the messages of webhooks, retries failed ones after a while, and switches off a webhook that keeps failing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.security_log.events import Event, record
from classroom.domain.webhooks.signing import signed_headers
from classroom.infra.webhook_http import Answer, post
from classroom.models import Webhook, WebhookDelivery, WebhookProblem

# From one try to the next. A message that fails after the last one is abandoned.
RETRY_DELAYS = [timedelta(seconds=s) for s in (30, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600)]
# A try belongs to one process for this long. If that process stops, another one tries again.
CLAIMED_FOR = timedelta(minutes=2)
# A webhook is switched off once this many tries in a row have failed, over at least this long.
MAX_FAILURES = 10
FAILING_FOR = timedelta(days=1)
GONE = 410
KEPT_FOR = timedelta(days=30)


def send_due() -> None:
    """Try every message that is due, oldest first. A webhook whose try fails is skipped until the next call, so that it
    does not delay the others."""
    failing: set[int] = set()
    while delivery := _next_due(failing):
        if not _claim(delivery, timezone.now()):
            continue
        answer = _try(delivery)
        if not _finish(delivery, answer, timezone.now()):
            failing.add(delivery.webhook_id)


def are_waiting() -> bool:
    return WebhookDelivery.objects.waiting().exists()


def old_deliveries(*, now: datetime) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR)


def delete_old_deliveries(*, now: datetime) -> int:
    """Return how many there were."""
    return old_deliveries(now=now).delete()[0]


def _next_due(failing: set[int]) -> WebhookDelivery | None:
    due = WebhookDelivery.objects.due(timezone.now()).exclude(webhook__in=failing)
    return due.select_related("webhook").order_by("next_attempt_at", "pk").first()


def _claim(delivery: WebhookDelivery, now: datetime) -> bool:
    due = WebhookDelivery.objects.filter(pk=delivery.pk, state=WebhookDelivery.State.WAITING, next_attempt_at__lte=now)
    return due.update(next_attempt_at=now + CLAIMED_FOR, attempts=F("attempts") + 1) == 1


def _try(delivery: WebhookDelivery) -> Answer:
    body, now = delivery.body.encode(), timezone.now()
    if not (secrets := delivery.webhook.secrets_at(now)):
        return Answer(problem=WebhookProblem.SECRET)
    headers = signed_headers(secrets, message_id=delivery.message_id, body=body, now=now)
    return post(delivery.webhook.url, headers=headers, body=body)


def _finish(delivery: WebhookDelivery, answer: Answer, now: datetime) -> bool:
    """Store the result of a try. Return whether the message was delivered."""
    attempts, problem = delivery.attempts + 1, _problem(answer)  # it was read before the claim
    stored, webhook = WebhookDelivery.objects.filter(pk=delivery.pk), Webhook.objects.filter(pk=delivery.webhook_id)
    result = {"status": answer.status, "problem": problem, "next_attempt_at": None}
    if not problem:
        stored.update(**result, state=WebhookDelivery.State.DELIVERED, delivered_at=now)
        webhook.update(failures=0, failing_since=None)
        return True
    if attempts > len(RETRY_DELAYS) or answer.status == GONE:
        stored.update(**result, state=WebhookDelivery.State.FAILED)
    else:
        stored.update(**result | {"next_attempt_at": now + RETRY_DELAYS[attempts - 1]})
    webhook.filter(failing_since=None).update(failing_since=now)
    webhook.update(failures=F("failures") + 1)
    _switch_off_if_failing(delivery.webhook_id, answer, now)
    return False


def _problem(answer: Answer) -> str:
    if answer.status is None:
        return answer.problem
    if 200 <= answer.status < 300:
        return ""
    return WebhookProblem.REDIRECT if 300 <= answer.status < 400 else WebhookProblem.STATUS


def _switch_off_if_failing(pk: int, answer: Answer, now: datetime) -> None:
    active = Webhook.objects.active().filter(pk=pk)
    if answer.status != GONE:
        active = active.filter(failures__gte=MAX_FAILURES, failing_since__lte=now - FAILING_FOR)
    with transaction.atomic():
        if active.update(is_active=False, switched_off_at=now):
            organisation = Webhook.objects.values_list("organisation", flat=True).get(pk=pk)
            record(Event.WEBHOOK_SWITCHED_OFF, organisation=organisation, webhook=pk)
