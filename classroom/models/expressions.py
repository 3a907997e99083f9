from django.db import models

from classroom.measures import EXPRESSIONS, Probabilities


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
