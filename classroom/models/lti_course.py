from django.db import models
from lti_tool.models import LtiContext

from classroom.models.course import Course


class LtiCourse(models.Model):
    """A course on a learning platform whose people may enter a course here."""

    context = models.ForeignKey(LtiContext, on_delete=models.CASCADE, related_name="course_links")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lti_links")
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["context", "course"], name="lti_linked_once")]

    def __str__(self) -> str:
        return f"{self.context} to {self.course}"
