"""How administrators create, change and delete webhooks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.security_log.events import Event, record
from classroom.domain.webhooks.signing import new_secret
from classroom.models import Webhook, WebhookDelivery

# The former secret also signs for this long.
FORMER_SECRET_FOR = timedelta(days=1)
DELIVERIES_SHOWN = 30


def create_webhook(*, webhook: Webhook) -> None:
    """Save a new webhook that its form has checked, with its own secret."""
    webhook.secret = new_secret()
    with transaction.atomic():
        webhook.save()
        record(Event.WEBHOOK_CREATED, organisation=webhook.organisation_id, webhook=webhook.pk)


def change_webhook(*, webhook: Webhook, changed: Sequence[str]) -> None:
    """Save the fields that the form has changed. Switching a webhook on again resets its failures."""
    if not changed:
        return
    fields = list(changed)
    if webhook.is_active and "is_active" in changed:
        webhook.failures, webhook.failing_since, webhook.switched_off_at = 0, None, None
        fields += ["failures", "failing_since", "switched_off_at"]
    with transaction.atomic():
        webhook.save(update_fields=fields)
        record(Event.WEBHOOK_CHANGED, organisation=webhook.organisation_id, webhook=webhook.pk, fields=sorted(changed))


def change_secret(*, webhook: Webhook, now: datetime) -> None:
    """Give the webhook a new secret; the former one signs for another day."""
    webhook.former_secret, webhook.former_secret_until = webhook.secret, now + FORMER_SECRET_FOR
    webhook.secret = new_secret()
    with transaction.atomic():
        webhook.save(update_fields=["secret", "former_secret", "former_secret_until"])
        record(Event.WEBHOOK_SECRET_CHANGED, organisation=webhook.organisation_id, webhook=webhook.pk)


def delete_webhook(*, webhook: Webhook) -> None:
    """Delete the webhook with its deliveries."""
    with transaction.atomic():
        record(Event.WEBHOOK_DELETED, organisation=webhook.organisation_id, webhook=webhook.pk)
        webhook.delete()


def last_deliveries(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    return webhook.deliveries.all()[:DELIVERIES_SHOWN]
