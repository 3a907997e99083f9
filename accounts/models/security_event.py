from datetime import datetime

from django.conf import settings
from django.db import models


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def older_than(self, moment: datetime) -> "SecurityEventQuerySet":
        return self.filter(at__lt=moment)


class SecurityEvent(models.Model):
    """Something that happened to an account or to somebody's data: `actor` did it, `subject` is whose account it is.

    No constraint ties the two to their rows: the event of a deleted user stays, with a number that names nobody.
    """

    at = models.DateTimeField(db_index=True)
    event = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="security_events_as_actor",
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="security_events",
    )
    address = models.GenericIPAddressField(null=True)
    details = models.JSONField(default=dict)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.event} at {self.at:%Y-%m-%d %H:%M:%S}"
