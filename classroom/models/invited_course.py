from django.db import models

from accounts.models import Invitation
from classroom.models.course import Course


class InvitedCourse(models.Model):
    """A course to which an invited person is added when they accept, as a student or as a teacher."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="courses")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="invited")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "course"], name="invited_once")]

    def __str__(self) -> str:
        return f"{self.invitation} to {self.course}"
