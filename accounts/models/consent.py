from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def current(self) -> "ConsentText":
        """Return the newest version. The migrations publish the first one."""
        return self.latest("version")


class ConsentText(models.Model):
    """The text that students agree to. A changed text is a new version; consents to older versions lapse."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    body = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"), auto_now_add=True)

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"Consent text {self.version}"

    def clean(self) -> None:
        if (
            self.version is not None
            and ConsentText.objects.filter(version__gte=self.version).exclude(pk=self.pk).exists()
        ):
            raise ValidationError({"version": _("A newer text exists. Use a higher version number.")})


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> "ConsentQuerySet":
        """Return consents to the current text that have not been withdrawn."""
        newest = ConsentText.objects.order_by("-version").values("version")[:1]
        return self.filter(withdrawn_at=None, text__version=models.Subquery(newest))


class Consent(models.Model):
    """One student's agreement to one version of the text. The record stays after a withdrawal."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    granted_at = models.DateTimeField(_("granted"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "text"], condition=Q(withdrawn_at=None), name="one_consent_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} to {self.text}"
