from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import DEFAULT_ORGANISATION, Organisation, OrganisationId


class TermQuerySet(models.QuerySet["Term"]):
    def in_organisation(self, organisation: OrganisationId) -> "TermQuerySet":
        return self.filter(organisation=organisation)


class Term(models.Model):
    """A period of the school year that groups courses. Terms may overlap, for example those of two grades."""

    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        default=DEFAULT_ORGANISATION,
        db_default=DEFAULT_ORGANISATION,
        editable=False,
    )
    name = models.CharField(_("name"), max_length=80)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["-first_day", "-last_day", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("name"),
                name="one_term_per_name",
                violation_error_message=_("Another term has this name."),
            ),
            models.CheckConstraint(
                name="term_ends_after_it_begins",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
