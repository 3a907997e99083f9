from django.conf import settings
from django.db import models
from lti_tool.models import LtiRegistration

from accounts.models.organisation import Organisation


class LtiPlatform(models.Model):
    """The organisation of a registered LTI platform, and so of the platform's people and courses."""

    registration = models.OneToOneField(LtiRegistration, on_delete=models.CASCADE, related_name="belonging")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.registration} of {self.organisation}"


class LtiAccount(models.Model):
    """A person on an LTI platform, and the user they are here. Their address there never identifies them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lti_accounts")
    # The user's. Platforms of two organisations may share an issuer.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)
    # The account began with a launch or a roster, with an address that nobody had confirmed.
    began_account = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "issuer", "subject"], name="one_user_per_lti_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"
