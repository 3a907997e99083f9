from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from classroom.models.course import Course
from classroom.models.session import ClassSession


class AlertKind(models.TextChoices):
    STUDENT_NEGATIVE = "student_negative", _("a student’s expressions stay negative")
    STUDENT_AWAY = "student_away", _("a student’s face is out of view for a while")
    CLASS_NEGATIVE = "class_negative", _("many faces in the class look negative")
    PRESENCE_LOW = "presence_low", _("students are leaving")


class AlertRule(models.Model):
    """When alerts of one kind fire in a course. Without a row, the defaults of classroom/alert_rules.py apply."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="alert_rules")
    kind = models.CharField(_("kind"), max_length=20, choices=AlertKind)
    enabled = models.BooleanField(_("on"), default=True)
    enter = models.FloatField(_("fires at"))
    leave = models.FloatField(_("clears at"))
    hold_s = models.PositiveIntegerField(_("must last (seconds)"))
    recover_s = models.PositiveIntegerField(_("clears after (seconds)"))
    cooldown_s = models.PositiveIntegerField(_("repeat no sooner than (seconds)"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "kind"], name="one_rule_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.course}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> "AlertQuerySet":
        return self.filter(recovered_at=None)

    def shown_to_staff(self) -> "AlertQuerySet":
        """Return those that a course's staff may see: none about a student in an anonymous session."""
        return self.exclude(session__is_anonymous=True, student__isnull=False)


class Alert(models.Model):
    """One alert that fired: when it became pending, fired, began to recover (while its values are good) and recovered.

    `figures` are the numbers in its message, as they were when it fired. Without a student, it is about the class.
    `explained_by` is the class's alert of the same moment, if this one is part of it.
    """

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="alerts")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AlertKind)
    pending_at = models.DateTimeField(_("since"))
    fired_at = models.DateTimeField(_("fired"))
    recovering_at = models.DateTimeField(_("clearing since"), null=True, blank=True)
    recovered_at = models.DateTimeField(_("cleared"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    figures = models.JSONField(_("figures"), default=dict)
    explained_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="explains")

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["fired_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "kind", "student"], condition=Q(recovered_at=None), name="one_open_student_alert"
            ),
            models.UniqueConstraint(
                fields=["session", "kind"],
                condition=Q(recovered_at=None, student=None),
                name="one_open_class_alert",
            ),
            models.CheckConstraint(
                name="alert_recovers_after_firing", condition=Q(recovered_at=None) | Q(recovered_at__gte=F("fired_at"))
            ),
        ]
        indexes = [models.Index(fields=["session", "fired_at"], name="alert_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.fired_at:%H:%M:%S}"


class AlertProgress(models.Model):
    """How far a session's alerts have been evaluated, and the state of each rule at that point."""

    session = models.OneToOneField(ClassSession, on_delete=models.CASCADE, related_name="alert_progress")
    until = models.DateTimeField(_("evaluated until"))
    states = models.JSONField(_("states"), default=dict)

    def __str__(self) -> str:
        return f"{self.session} until {self.until:%H:%M:%S}"
