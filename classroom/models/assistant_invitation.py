from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classroom.models.course import Course


class AssistantInvitationQuerySet(models.QuerySet["AssistantInvitation"]):
    """Invitations expire whether or not the address has an account, so that teachers do not learn which ones do."""

    def open(self, now: datetime) -> "AssistantInvitationQuerySet":
        return self.filter(invited_at__gt=now - timedelta(days=settings.INVITATION_DAYS))

    def expired(self, now: datetime) -> "AssistantInvitationQuerySet":
        return self.filter(invited_at__lte=now - timedelta(days=settings.INVITATION_DAYS))


class AssistantInvitation(models.Model):
    """An address whose owner a teacher has asked to assist in a course.

    `invitee` is the person who had an account with the address at that moment. Without one, nobody can accept. The
    course's teachers see only the address, so that they do not learn which addresses have accounts.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="assistant_invitations")
    email = models.EmailField(_("e-mail address"))
    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="assistant_invitations"
    )
    invited_at = models.DateTimeField(_("invited"))

    objects = AssistantInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(fields=["course", "email"], name="invited_to_assist_once")]

    def __str__(self) -> str:
        return f"invitation to assist in {self.course}"
