"""The numbers that an anonymous class shows its teachers, as classroom/domain/anonymity decides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from classroom.measures import Counts, add_counts
from classroom.models.expressions import STORED_COUNTS, ShownCounts
from classroom.models.session import ClassSession

# A number about fewer students is not shown.
MIN_STUDENTS = 5


class PublishedMinute(ShownCounts):
    """How many of the `seen` students show each expression in one minute of an anonymous class. A row never changes,
    even if a student erases their readings, because the difference would reveal theirs."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="published_minutes")
    at = models.DateTimeField(_("start"))
    seen = models.PositiveIntegerField(_("seen"))

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "at"], name="one_published_minute"),
            models.CheckConstraint(name="published_of_five_or_more", condition=models.Q(seen__gte=MIN_STUDENTS)),
        ]

    def __str__(self) -> str:
        return f"{self.session} at {self.at:%H:%M}"

    @property
    def counts(self) -> Counts:
        return add_counts([{name: getattr(self, f"shown_{name}") for name in STORED_COUNTS}])


class PublicationProgress(models.Model):
    """How far an anonymous class has been published, and its fixed groups of students, which are forgotten when it
    ends."""

    session = models.OneToOneField(ClassSession, on_delete=models.CASCADE, related_name="publication_progress")
    until = models.DateTimeField(_("published until"))
    groups = models.JSONField(_("groups"), default=list)

    def __str__(self) -> str:
        return f"{self.session} until {self.until:%H:%M}"
