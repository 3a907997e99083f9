from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from classroom.models.session import ClassSession

# An answer about the pace no longer describes the student after this time.
REPORT_HOLDS = timedelta(minutes=3)


class SelfReport(models.Model):
    """A student's answer about the lesson at one moment. Teachers see who gave it, other students do not."""

    class Answer(models.TextChoices):
        TOO_FAST = "too_fast", _("too fast")
        TOO_SLOW = "too_slow", _("too slow")
        LOST = "lost", _("lost")
        ALL_GOOD = "all_good", _("all good")

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="self_reports")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="self_reports")
    answer = models.CharField(_("answer"), max_length=8, choices=Answer)
    at = models.DateTimeField(_("said"))

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["session", "student", "at"], name="self_report_by_time")]

    def __str__(self) -> str:
        return f"{self.answer} at {self.at:%H:%M:%S}"


class RaisedHand(models.Model):
    """A raised hand, from when it went up until the student or a teacher lowered it."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="raised_hands")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="raised_hands")
    raised_at = models.DateTimeField(_("raised"))
    lowered_at = models.DateTimeField(_("lowered"), null=True, blank=True)

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "student"], condition=Q(lowered_at=None), name="one_hand_up"),
            models.CheckConstraint(
                name="hand_lowered_after_raised", condition=Q(lowered_at=None) | Q(lowered_at__gte=F("raised_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"hand raised at {self.raised_at:%H:%M:%S}"
