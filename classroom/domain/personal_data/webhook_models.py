"""Webhooks: messages with ids and course names, sent to other software's addresses. They concern nobody."""

from classroom.domain.personal_data.declarations import Declaration

DECLARATIONS = (
    Declaration(
        "classroom.Webhook",
        impersonal=(
            *("organisation", "name", "url", "events", "secret", "former_secret", "former_secret_until", "is_active"),
            *("created_at", "failures", "failing_since", "switched_off_at"),
        ),
    ),
    Declaration(
        "classroom.WebhookDelivery",
        impersonal=(
            *("webhook", "message_id", "event", "body", "created_at", "state", "attempts", "next_attempt_at"),
            *("delivered_at", "status", "problem"),
        ),
    ),
)
