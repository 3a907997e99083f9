from django.db import models
from django.utils.translation import gettext_lazy as _

# The migrations create it. People and courses belong to it unless something else is said.
DEFAULT_ORGANISATION = 1
# The type of `organisation_id`, which is never None in a stored row: django-stubs takes a column with a default for one
# that may be empty.
OrganisationId = int | None


class Organisation(models.Model):
    """A school on this server, with its own people, courses and administrators. Nobody sees the data of another one."""

    name = models.CharField(_("name"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="one_organisation_per_name",
                violation_error_message=_("Another organisation has this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name or f"organisation {self.pk}"
