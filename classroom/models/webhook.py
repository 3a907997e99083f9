import logging
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.encryption import cipher
from accounts.models.organisation import DEFAULT_ORGANISATION, Organisation, OrganisationId

# Stored secrets depend on it.
PURPOSE = b"classroom.models.webhook"
logger = logging.getLogger(__name__)


class WebhookEvent(models.TextChoices):
    """The events that are reported to other software. The values are the `type` of the messages."""

    SESSION_STARTED = "session.started", _("a class started")
    SESSION_ENDED = "session.ended", _("a class ended")
    ALERT_FIRED = "alert.fired", _("an alert fired")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def in_organisation(self, organisation: OrganisationId) -> "WebhookQuerySet":
        return self.filter(organisation=organisation)

    def active(self) -> "WebhookQuerySet":
        return self.filter(is_active=True)

    def switched_off(self) -> "WebhookQuerySet":
        """Those that the server itself has switched off."""
        return self.exclude(switched_off_at=None)


class EncryptedField(models.TextField):
    """Encrypted in the database; empty if the server no longer has the key."""

    def get_prep_value(self, value: Any) -> Any:
        return cipher(PURPOSE).encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        try:
            return cipher(PURPOSE).decrypt(value.encode()).decode() if value else value
        except InvalidToken:
            logger.error("neither SECRET_KEY nor SECRET_KEY_FALLBACKS decrypts the secret of a webhook")
            return ""


class Webhook(models.Model):
    """An address of other software that gets a signed message when something happens."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        default=DEFAULT_ORGANISATION,
        db_default=DEFAULT_ORGANISATION,
        editable=False,
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    # A list of WebhookEvent's values.
    events = models.JSONField(_("events"), default=list)
    secret = EncryptedField()
    # Also signs until then, so that the other software has time to get the new one.
    former_secret = EncryptedField(blank=True, default="")
    former_secret_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Failed tries since the last successful one, and when the first of them failed.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    switched_off_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def secrets_at(self, now: datetime) -> list[str]:
        """Return the secrets that sign messages, newest first, or none if none can be read."""
        is_former_valid = self.former_secret_until is not None and now < self.former_secret_until
        return [each for each in (self.secret, self.former_secret if is_former_valid else "") if each]


class WebhookProblem(models.TextChoices):
    """Why a try failed."""

    SECRET = "secret", _("the secret can no longer be read: make a new one")
    UNRESOLVED = "unresolved", _("the host name is unknown")
    PRIVATE = "private", _("the address is not on the public internet")
    CONNECTION = "connection", _("no connection")
    TLS = "tls", _("the certificate is not valid")
    TIMEOUT = "timeout", _("no answer in time")
    REDIRECT = "redirect", _("the address redirects elsewhere")
    STATUS = "status", _("the answer was an error")


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> "WebhookDeliveryQuerySet":
        return self.filter(state=WebhookDelivery.State.WAITING, webhook__is_active=True)

    def due(self, now: datetime) -> "WebhookDeliveryQuerySet":
        return self.waiting().filter(next_attempt_at__lte=now)


class WebhookDelivery(models.Model):
    """One message to one webhook, until it is delivered or abandoned."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    # The same in every try, so that the receiver can recognise a repeated message.
    message_id = models.CharField(max_length=40, unique=True)
    event = models.CharField(_("event"), max_length=40)
    body = models.TextField()
    created_at = models.DateTimeField(_("created"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next try"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=12, choices=WebhookProblem, blank=True, default="")

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(state="waiting"), name="webhook_deliveries_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} to webhook {self.webhook_id}"
