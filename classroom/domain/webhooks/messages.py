"""The messages that webhooks get. They are stored in the transaction of the change that they report, and sent after it.

They have ids and the course's name, but no name or id of a person, no topic and no reading. A receiver that may know
more requests it with the ids.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from classroom.models import Alert, ClassSession, Webhook, WebhookDelivery, WebhookEvent

TEST = "webhook.test"

# Sent once new messages are committed.
messages_waiting = Signal()


def queue_session_started(session: ClassSession) -> None:
    _queue(WebhookEvent.SESSION_STARTED, session, at=session.started_at)


def queue_session_ended(session: ClassSession, *, at: datetime) -> None:
    _queue(WebhookEvent.SESSION_ENDED, session, at=at)


def queue_alerts_fired(session: ClassSession, alerts: Sequence[Alert]) -> None:
    """Queue a message for each that a teacher sees as a separate alert."""
    if alerts and (webhooks := _webhooks(WebhookEvent.ALERT_FIRED, session)):
        fired = Alert.objects.shown_to_staff().filter(pk__in=[each.pk for each in alerts], explained_by=None)
        for alert in fired.order_by("fired_at", "pk"):
            details = {"alert": alert.pk, "kind": alert.kind}
            _store(webhooks, WebhookEvent.ALERT_FIRED, _about(session) | details, alert.fired_at)


def send_test(webhook: Webhook, *, now: datetime) -> WebhookDelivery:
    """Store a message that only says that it is a test."""
    [delivery] = _store([webhook], TEST, {}, now)
    return delivery


def _queue(event: WebhookEvent, session: ClassSession, *, at: datetime) -> None:
    """Requires a transaction."""
    if webhooks := _webhooks(event, session):
        _store(webhooks, event, _about(session), at)


def _webhooks(event: WebhookEvent, session: ClassSession) -> list[Webhook]:
    """Return the webhooks that get the event. Simulated classes are not reported."""
    webhooks = Webhook.objects.in_organisation(session.course.organisation_id).active()
    # Few schools have any webhooks, so the list of events is compared here rather than in each database's own way.
    return [] if session.course.simulated else [each for each in webhooks if event in each.events]


def _about(session: ClassSession) -> dict[str, Any]:
    return {"session": session.pk, "course": session.course_id, "course_name": session.course.name}


def _store(webhooks: Sequence[Webhook], event: str, about: dict[str, Any], at: datetime) -> list[WebhookDelivery]:
    body = json.dumps({"type": str(event), "timestamp": at.isoformat(), "data": about})
    deliveries = WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            webhook=webhook,
            message_id=f"msg_{uuid.uuid4().hex}",
            event=str(event),
            body=body,
            created_at=at,
            next_attempt_at=at,
        )
        for webhook in webhooks
    )
    # Robust: the class goes on no matter what happens to a message.
    transaction.on_commit(lambda: messages_waiting.send(sender=WebhookDelivery), robust=True)
    return deliveries
