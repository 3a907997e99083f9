from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classroom.models.session import ClassSession


class Marker(models.Model):
    """A point in the session that a teacher named, such as "exercise starts". Shown on every timeline."""

    session = models.ForeignKey(ClassSession, on_delete=models.CASCADE, related_name="markers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    text = models.CharField(_("text"), max_length=120)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["session", "at"], name="marker_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.text}"
