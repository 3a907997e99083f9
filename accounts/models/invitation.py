from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import DEFAULT_ORGANISATION, Organisation, OrganisationId
from accounts.models.user import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def in_organisation(self, organisation: OrganisationId) -> "InvitationQuerySet":
        return self.filter(organisation=organisation)

    def pending(self) -> "InvitationQuerySet":
        """Invitations neither accepted nor withdrawn; the link may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self, now: datetime) -> "InvitationQuerySet":
        """Pending invitations whose link still works."""
        return self.pending().filter(expires_at__gt=now)

    def closed_before(self, moment: datetime) -> "InvitationQuerySet":
        """Invitations that were accepted, withdrawn or expired before that time."""
        expired = Q(accepted_at=None, withdrawn_at=None, expires_at__lt=moment)
        return self.filter(Q(accepted_at__lt=moment) | Q(withdrawn_at__lt=moment) | expired)


class Invitation(models.Model):
    """An e-mail address that an administrator has invited. The link in the mail has a token, stored only as a hash,
    that lets its holder create the account once. Other apps add to the invitation, for example courses."""

    class Role(models.TextChoices):
        """An invitation makes nobody an administrator."""

        STUDENT = User.Role.STUDENT.value, User.Role.STUDENT.label
        TEACHER = User.Role.TEACHER.value, User.Role.TEACHER.label

    organisation: "models.ForeignKey[Organisation, Organisation]" = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        default=DEFAULT_ORGANISATION,
        db_default=DEFAULT_ORGANISATION,  # type: ignore[arg-type]  # takes the key, too
        editable=False,
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=13, choices=Role, default=Role.STUDENT)
    # The mail's language: the recipient has not chosen one yet.
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(_("invited"))
    # Empty until a mail has left the server.
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="accepted_invitations"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_pending_invitation",
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_withdrawn", condition=Q(accepted_at=None) | Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        # Without the address: the admin log keeps these texts.
        return f"invitation {self.pk}"
