"""Roll-ups of readings, which keep history pages fast. All of them can be computed again from the readings."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classroom.models.expressions import Expressions
from classroom.models.session import ClassSession


class ClassWindow(Expressions):
    """The class over one window of WINDOW_S; the mean is over `seen` of the `present` students."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="windows")
    at = models.DateTimeField(_("start"))
    present = models.PositiveIntegerField(_("present"))
    seen = models.PositiveIntegerField(_("seen"))

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["session", "at"], name="one_class_window")]

    def __str__(self) -> str:
        return f"{self.session} at {self.at:%H:%M:%S}"


class StudentMinute(Expressions):
    """One student over one minute. The mean is over the `certain` ones of the `readings`; the `uncertain` ones have a
    face whose expression is uncertain, the rest have no face."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="student_minutes")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="student_minutes")
    at = models.DateTimeField(_("start"))
    readings = models.PositiveIntegerField(_("readings"))
    certain = models.PositiveIntegerField(_("certain"))
    uncertain = models.PositiveIntegerField(_("uncertain"))
    # Mean square of the certain readings' valence: with the mean it gives the deviation over any number of minutes.
    valence_square = models.FloatField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["session", "student", "at"], name="one_student_minute")]
        indexes = [models.Index(fields=["student", "session"], name="student_minute_by_student")]

    def __str__(self) -> str:
        return f"{self.student} at {self.at:%H:%M}"
