from django.db import models

from classroom.measures import EXPRESSIONS, UNCERTAIN, Counts, Probabilities


class Expressions(models.Model):
    """A probability for each expression; all null if no expression was read."""

    angry = models.FloatField(null=True)
    disgust = models.FloatField(null=True)
    fear = models.FloatField(null=True)
    happy = models.FloatField(null=True)
    neutral = models.FloatField(null=True)
    sad = models.FloatField(null=True)
    surprise = models.FloatField(null=True)

    class Meta:
        abstract = True

    @property
    def probabilities(self) -> Probabilities | None:
        return None if self.neutral is None else {name: getattr(self, name) for name in EXPRESSIONS}


class ShownCounts(models.Model):
    """How many students (or windows of one student) show each expression, or a face without a certain one. All null in
    a row that predates the counting of students, whose means are all that is known."""

    shown_angry = models.PositiveIntegerField(null=True)
    shown_disgust = models.PositiveIntegerField(null=True)
    shown_fear = models.PositiveIntegerField(null=True)
    shown_happy = models.PositiveIntegerField(null=True)
    shown_neutral = models.PositiveIntegerField(null=True)
    shown_sad = models.PositiveIntegerField(null=True)
    shown_surprise = models.PositiveIntegerField(null=True)
    shown_uncertain = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


STORED_COUNTS = (*EXPRESSIONS, UNCERTAIN)
SHOWN_FIELDS = [f"shown_{name}" for name in STORED_COUNTS]


def shown_fields(counts: Counts | None) -> dict[str, int]:
    """Return the values of ShownCounts' fields, or none if there are no counts."""
    if counts is None:
        return {}
    return {field: counts[name] for field, name in zip(SHOWN_FIELDS, STORED_COUNTS, strict=True)}
