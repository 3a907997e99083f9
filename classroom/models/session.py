from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classroom.models.course import Course


class ClassSessionQuerySet(models.QuerySet["ClassSession"]):
    def running(self) -> "ClassSessionQuerySet":
        return self.filter(ended_at=None)

    def ended(self) -> "ClassSessionQuerySet":
        return self.exclude(ended_at=None)

    def attended_by(self, user: User) -> "ClassSessionQuerySet":
        return self.filter(attendances__student=user)


class ClassSession(models.Model):
    """One lesson of a course, from the teacher's start to its end."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sessions")
    topic = models.CharField(_("topic"), max_length=200)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    closed_itself = models.BooleanField(
        _("ended by itself"), default=False, help_text=_("It ended by itself after the last person had left.")
    )
    # No reading is shown next to a name. Set if the course was anonymous at or after the start, and never unset.
    is_anonymous = models.BooleanField(_("anonymous"), default=False, db_default=False)
    # When the staff last asked the class how it is going.
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    rolled_up_until = models.DateTimeField(_("rolled up until"), null=True, blank=True)

    objects = ClassSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["course"], condition=Q(ended_at=None), name="one_running_session"),
            models.CheckConstraint(
                name="session_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def duration(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.ended_at else None

    @property
    def had_cameras(self) -> bool:
        """Return whether its course read faces before it ended, as far as is known: it has the time when the camera
        was last turned on."""
        since = self.course.camera_confirmed_at
        is_later = since is None or self.ended_at is None or since < self.ended_at
        return self.is_anonymous or (self.course.reads_faces and is_later)

    @property
    def is_running(self) -> bool:
        return self.ended_at is None
