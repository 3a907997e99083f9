from functools import reduce
from operator import sub

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classroom.measures import NEGATIVE
from classroom.models.expressions import Expressions
from classroom.models.session import ClassSession

# Readings whose expression is certain, and readings with a face whose expression is uncertain.
CERTAIN = models.Q(faces__gt=0, uncertain="")
UNCERTAIN = models.Q(faces__gt=0) & ~models.Q(uncertain="")
# SQL equivalent of measures.valence.
VALENCE = reduce(sub, map(models.F, NEGATIVE), models.F("happy"))


class ReadingQuerySet(models.QuerySet["Reading"]):
    def shown_to_staff(self) -> "ReadingQuerySet":
        """Return those that people other than the student may see next to a name, or count: none of an anonymous
        session, whose teachers see published minutes (classroom/domain/anonymity)."""
        return self.exclude(session__is_anonymous=True)


class Reading(Expressions):
    """The result of one snapshot. Without a face, everything about the face is null, which is also a result."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="readings")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="readings")
    seq = models.PositiveIntegerField(_("credit"))
    captured_at = models.DateTimeField(_("captured"))
    received_at = models.DateTimeField(_("received"))
    faces = models.PositiveSmallIntegerField(_("faces found"))
    # The face nearest the camera, as shares of the frame.
    box_x = models.FloatField(null=True)
    box_y = models.FloatField(null=True)
    box_w = models.FloatField(null=True)
    box_h = models.FloatField(null=True)
    expression = models.CharField(_("expression"), max_length=8, blank=True)
    uncertain = models.CharField(_("why the expression is uncertain"), max_length=12, blank=True)
    face_score = models.FloatField(_("detector’s score"), null=True)
    face_size = models.FloatField(_("face size in pixels"), null=True)
    brightness = models.FloatField(_("brightness, 0 to 1"), null=True)
    sharpness = models.FloatField(_("sharpness"), null=True)
    model = models.CharField(_("model"), max_length=80)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            # Records a snapshot only once, even if its task runs twice. Also indexes a student's readings.
            models.UniqueConstraint(fields=["session", "student", "received_at"], name="one_reading_a_snapshot"),
            models.CheckConstraint(
                name="probabilities_with_a_face",
                condition=models.Q(faces=0, expression="", neutral=None)
                | models.Q(faces__gt=0, neutral__isnull=False) & ~models.Q(expression=""),
            ),
        ]
        indexes = [models.Index(fields=["session", "captured_at"], name="reading_by_time")]

    def __str__(self) -> str:
        return f"{self.expression or 'no face'} at {self.captured_at:%H:%M:%S}"
