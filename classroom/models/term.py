from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Term(models.Model):
    """A period of the school year that groups courses. Terms may overlap, for example those of two grades."""

    name = models.CharField(_("name"), max_length=80)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["-first_day", "-last_day", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="one_term_per_name", violation_error_message=_("Another term has this name.")
            ),
            models.CheckConstraint(
                name="term_ends_after_it_begins",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
