"""Roll-ups of readings, which keep history pages fast. All of them can be rebuilt from the readings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classroom.measures import UNREAD, Counts
from classroom.models.expressions import STORED_COUNTS, Expressions, ShownCounts
from classroom.models.session import ClassSession


class ClassWindow(Expressions, ShownCounts):
    """The class over one window of WINDOW_S: `present` students, of whom `seen` show an expression, each counted once.
    A row that predates the counting of students has their mean probabilities instead."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="windows")
    at = models.DateTimeField(_("start"))
    present = models.PositiveIntegerField(_("present"))
    seen = models.PositiveIntegerField(_("seen"))

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["session", "at"], name="one_class_window")]

    def __str__(self) -> str:
        return f"{self.session} at {self.at:%H:%M:%S}"

    @property
    def counts(self) -> Counts | None:
        """None in a row that predates the counting of students."""
        if self.shown_neutral is None and self.seen:
            return None
        counts = {name: getattr(self, f"shown_{name}") or 0 for name in STORED_COUNTS}
        return {**counts, UNREAD: max(0, self.present - sum(counts.values()))}


class StudentMinute(Expressions, ShownCounts):
    """One student over one minute. The mean is over the `certain` ones of the `readings`. The `uncertain` ones have a
    face but an uncertain expression, the rest have no face. The counts are of the minute's windows."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="student_minutes")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="student_minutes")
    at = models.DateTimeField(_("start"))
    readings = models.PositiveIntegerField(_("readings"))
    certain = models.PositiveIntegerField(_("certain"))
    uncertain = models.PositiveIntegerField(_("uncertain"))
    # Mean square of the certain readings' valence. With the mean, it gives the deviation over any number of minutes.
    valence_square = models.FloatField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["session", "student", "at"], name="one_student_minute")]
        indexes = [models.Index(fields=["student", "session"], name="student_minute_by_student")]

    def __str__(self) -> str:
        return f"{self.student} at {self.at:%H:%M}"
