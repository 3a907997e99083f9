from django.db import models
from django.utils.translation import gettext_lazy as _

# The migrations create it. People and courses belong to it by default.
DEFAULT_ORGANISATION = 1
# The type of `organisation_id`, which is never None in a stored row, but django-stubs thinks that a column with a
# default may be empty.
OrganisationId = int | None


class Organisation(models.Model):
    """A school on this server, with its own people, courses and administrators. Nobody sees the data of another one."""

    name = models.CharField(_("name"), max_length=120, blank=True)
    # In the form "#1c71d8"; accounts/organisations/colours.py says which are allowed.
    colour = models.CharField(_("colour"), max_length=7, blank=True, default="", db_default="")
    # The name of the logo's file: a hash of its content, which nobody can guess. Empty: no logo.
    logo_key = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    # How long classes are kept. It can only shorten settings.RETENTION_DAYS, which applies if this is empty.
    retention_days = models.PositiveIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or f"organisation {self.pk}"


class Logo(models.Model):
    """The picture in an organisation's header, kept out of the row that every page of its people loads."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    png = models.BinaryField()

    def __str__(self) -> str:
        return f"logo of {self.organisation}"
