from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A class's start, or a reference to it in an outer query.
Moment = datetime | OuterRef


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def applying(self) -> "ConsentTextQuerySet":
        return self.filter(applies_from__lte=timezone.now())

    def current(self) -> "ConsentText":
        """Return the newest version that applies. The migrations publish the first one."""
        return self.applying().latest("version")

    def upcoming(self) -> "ConsentText | None":
        """Return the version that will replace the current one, if one is published."""
        newest = self.latest("version")
        return newest if newest.applies_from > timezone.now() else None

    def asked_in_class(self, started_at: datetime) -> "ConsentText":
        """Return the text of a class: the one that applied when it started, until it ends."""
        return self.filter(applies_from__lte=started_at).order_by("-version").first() or self.earliest("version")


class ConsentText(models.Model):
    """The text that students agree to. A changed text is a new version; consents to older versions lapse once it
    applies, except in classes that are running then."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    body = models.TextField(_("text"))
    # By language, of exactly this body. The texts of the migrations have theirs in locale/.
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=Value({}, models.JSONField())
    )
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    applies_from = models.DateTimeField(_("applies from"), default=timezone.now, db_default=Now())

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
        newest = ConsentText.objects.applying().order_by("-version").values("version")[:1]
        return self._to_version(Subquery(newest))

    def in_force_in_class(self, started_at: Moment) -> "ConsentQuerySet":
        """Return consents that hold in a class, until it ends: to the text that applied when it started, or to one that
        applies since."""
        asked = ConsentText.objects.filter(applies_from__lte=started_at).order_by("-version").values("version")[:1]
        return self._to_version(Coalesce(Subquery(asked), 0))

    def _to_version(self, version: Subquery | Coalesce) -> "ConsentQuerySet":
        return self.filter(withdrawn_at=None, text__applies_from__lte=timezone.now(), text__version__gte=version)


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
