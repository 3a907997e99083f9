from django.conf import settings
from django.db import models

from classroom.models.course import Course
from classroom.models.session import ClassSession


class SimulatedClass(models.Model):
    """A simulated class in progress, so that the server can remove it when its program falls silent."""

    session = models.ForeignKey(ClassSession, on_delete=models.SET_NULL, null=True, related_name="+")
    # If not, a teacher had started the session.
    started_session = models.BooleanField()
    # The course, if the simulation has created it.
    new_course = models.ForeignKey(Course, on_delete=models.SET_NULL, null=True, related_name="+")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    new_students = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    # They are left from a class that was kept.
    returned_students = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    heard_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"simulated class {self.pk}"
