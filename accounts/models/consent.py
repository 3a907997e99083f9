from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Value
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import DEFAULT_ORGANISATION, Organisation, OrganisationId


class ConsentTextQuerySet(models.QuerySet["ConsentText"]):
    def in_organisation(self, organisation: "OrganisationId | models.OuterRef") -> "ConsentTextQuerySet":
        return self.filter(organisation=organisation)

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
        """Return a class's text: the one that applied at its start, until it ends."""
        return self.filter(applies_from__lte=started_at).order_by("-version").first() or self.earliest("version")


class ConsentText(models.Model):
    """The text that an organisation's students agree to. A changed text is a new version; consents to older versions
    lapse once it applies, except in classes that are running then."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        default=DEFAULT_ORGANISATION,
        db_default=DEFAULT_ORGANISATION,
        editable=False,
    )
    version = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("text"))
    # Translations of exactly this body, by language. Those of the migrations' texts are in locale/.
    translations = models.JSONField(
        _("translations"), default=dict, blank=True, db_default=Value({}, models.JSONField())
    )
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    applies_from = models.DateTimeField(_("applies from"), default=timezone.now, db_default=Now())

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="one_consent_text_per_version"),
        ]

    def __str__(self) -> str:
        return f"Consent text {self.version}"

    def clean(self) -> None:
        if (
            self.version is not None
            and ConsentText.objects.in_organisation(self.organisation_id)
            .filter(version__gte=self.version)
            .exclude(pk=self.pk)
            .exists()
        ):
            raise ValidationError({"version": _("A newer text exists. Use a higher version number.")})
