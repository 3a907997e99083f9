from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from classroom.infra.missed_heartbeats import missed_since
from classroom.models.session import ClassSession

# Every socket sends a heartbeat at this interval. Without any for HEARTBEAT_TIMEOUT, its server has died, unless the
# database was unavailable.
HEARTBEAT = timedelta(seconds=20)
HEARTBEAT_TIMEOUT = timedelta(seconds=60)
# A student who rejoins this soon was never away: the page was reloaded, or the connection lost for a moment.
REJOIN_WITHIN = timedelta(seconds=30)


class Attendance(models.Model):
    """One student in one class session, with the student's state now."""

    class Camera(models.TextChoices):
        ON = "on", _("on")
        PAUSED = "paused", _("paused")
        NO_CONSENT = "no_consent", _("no consent")

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="attendances")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendances")
    camera = models.CharField(_("camera"), max_length=10, choices=Camera, default=Camera.PAUSED)
    left = models.BooleanField(_("left"), default=False, help_text=_("Left by choice, not by a lost connection."))
    changed_at = models.DateTimeField(_("changed"))
    latest_reading = models.ForeignKey(
        "classroom.Reading", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "student"], name="one_attendance")]

    def __str__(self) -> str:
        return f"{self.student} in {self.session}"


def lost_before(now: datetime) -> datetime:
    """Open stays with their last heartbeat at this moment or before are lost. While heartbeats are missing because the
    database was unavailable, those that were open at its failure are not."""
    return min(missed_since() or now, now) - HEARTBEAT_TIMEOUT


def stay_end(now: datetime, path: str = "") -> Case:
    """SQL equivalent of Stay.ended_by. `path`: the lookup from another table; a row without a stay has no end."""
    return Case(
        When(**{f"{path}left_at__isnull": False}, then=F(f"{path}left_at")),
        When(**{f"{path}last_seen_at__lte": lost_before(now)}, then=F(f"{path}last_seen_at")),
        When(**{f"{path}last_seen_at__isnull": False}, then=Value(now)),
        output_field=models.DateTimeField(),
    )


class StayQuerySet(models.QuerySet["Stay"]):
    def lost(self, now: datetime) -> "StayQuerySet":
        return self.filter(left_at=None, last_seen_at__lte=lost_before(now))

    def end(self, now: datetime) -> int:
        """End those that are still open: now, or at the last heartbeat if they are lost. Never before their start, even
        if clocks disagree."""
        return self.filter(left_at=None).update(left_at=Greatest(F("joined_at"), stay_end(now)))

    def held_by(self, stay: "Stay") -> "StayQuerySet":
        """The stay, if it is open and no later connection has taken it over."""
        return self.filter(pk=stay.pk, connection=stay.connection, left_at=None)

    def open(self, now: datetime) -> "StayQuerySet":
        return self.filter(left_at=None, last_seen_at__gt=lost_before(now))


class Stay(models.Model):
    """A student's presence in a session, from joining to leaving. Joining again within REJOIN_WITHIN continues it."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="stays")
    joined_at = models.DateTimeField(_("joined"))
    last_seen_at = models.DateTimeField(_("last seen"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    # The number of the connection that holds the stay. Earlier ones may no longer change it.
    connection = models.PositiveIntegerField(_("connection"), default=1, db_default=1)

    objects = StayQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attendance"], condition=Q(left_at=None), name="one_open_stay"),
            models.CheckConstraint(
                name="stay_ends_after_start", condition=Q(left_at=None) | Q(left_at__gte=F("joined_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance} from {self.joined_at:%H:%M:%S}"

    def ended_by(self, now: datetime, *, lost: datetime) -> datetime:
        """When the stay ended, or `now` while it lasts; one that is lost ended at its last heartbeat.

        lost: lost_before(now)."""
        if self.left_at:
            return self.left_at
        return now if self.last_seen_at > lost else self.last_seen_at
