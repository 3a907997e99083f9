from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import connections, models, transaction

from accounts.models.among import Among
from accounts.models.organisation import DEFAULT_ORGANISATION, OrganisationId

DELETE_BATCH_ROWS = 5000
models.PositiveBigIntegerField.register_lookup(Among)


class AppendOnly(TypeError):
    """Rows of the log never change; only retention deletes them."""

    def __init__(self) -> None:
        super().__init__("Security events are append-only.")


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def in_organisation(self, organisation: OrganisationId) -> "SecurityEventQuerySet":
        """Return what concerns the organisation. Events without one belong to the default organisation: the server's
        own, and those of versions without organisations."""
        is_theirs = models.Q(organisation=organisation)
        if organisation == DEFAULT_ORGANISATION:
            is_theirs |= models.Q(organisation=None)
        return self.filter(is_theirs)

    def older_than(self, moment: datetime) -> "SecurityEventQuerySet":
        return self.filter(at__lt=moment)

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly

    def delete(self) -> NoReturn:
        raise AppendOnly

    def delete_expired(self, *, before: datetime) -> int:
        """Delete older rows, a few thousand in each transaction. Return how many there were."""
        count = 0
        while batch := list(self.older_than(before).order_by("at").values_list("pk", flat=True)[:DELETE_BATCH_ROWS]):
            with transaction.atomic(using=self.db):
                if connections[self.db].vendor == "postgresql":
                    # Tells the trigger of the table that retention deletes, until the end of this transaction.
                    connections[self.db].cursor().execute("select set_config('attune.retention', 'on', true)")
                rows: Any = self.model.objects.filter(pk__in=batch)
                count += rows._raw_delete(self.db)
        return count


class SecurityEvent(models.Model):
    """Something that happened to an account or to somebody's data: `actor` did it, `subject` is whom it concerns.

    `course` and `session` repeat the numbers of the details, for the indexes; `organisation` is that of the subject or
    the actor. No constraint ties any number to its row: the event of a deleted user stays, with a number that names
    nobody.
    """

    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="security_events_as_actor",
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="security_events",
    )
    course = models.PositiveBigIntegerField(null=True)
    session = models.PositiveBigIntegerField(null=True)
    organisation = models.PositiveBigIntegerField(null=True)
    address = models.GenericIPAddressField(null=True)
    details = models.JSONField(default=dict)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="security_event_by_time"),
            models.Index(fields=["event", "-at"], name="security_event_by_kind"),
            models.Index(fields=["actor", "-at"], name="security_event_by_actor"),
            models.Index(fields=["subject", "-at"], name="security_event_by_subject"),
            models.Index(fields=["course", "-at"], name="security_event_by_course"),
            models.Index(fields=["session", "-at"], name="security_event_by_session"),
            models.Index(fields=["organisation", "-at"], name="security_event_by_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.event} at {self.at:%Y-%m-%d %H:%M:%S}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly
