"""The LTI platforms that administrators have registered: Moodle, Canvas and others."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from lti_tool.models import LtiDeployment, LtiRegistration
from lti_tool.utils import DjangoToolConfig
from pylti1p3.registration import Registration

from accounts.lti.keys import signing_key
from accounts.models import LtiAccount, LtiPlatform, Organisation
from accounts.security_log.events import Event, record


def active_platforms() -> QuerySet[LtiRegistration]:
    """Those that belong to an organisation. A row of django-lti alone is not an active platform."""
    return LtiRegistration.objects.active().filter(belonging__isnull=False).select_related("belonging")


def find_platform(issuer: str, client_id: str | None) -> LtiRegistration | None:
    """Return the active platform; without a client id, the only one of the issuer."""
    if not f"{issuer}{client_id}".isprintable():  # no database takes a zero byte, and no platform sends one
        return None
    found = active_platforms().filter(issuer=issuer)
    if client_id:
        found = found.filter(client_id=client_id)
    platforms = list(found.order_by("pk")[:2])
    return platforms[0] if len(platforms) == 1 else None


def accepts_launches(deployment: int) -> bool:
    """Return whether the deployment with this id and its platform are active."""
    return LtiDeployment.objects.active().filter(pk=deployment, registration__in=active_platforms()).exists()


def registration_of(platform: LtiRegistration) -> Registration:
    """Return the platform as pylti1p3 needs it to read what the platform has signed."""
    registration = Registration()
    registration.set_issuer(platform.issuer).set_client_id(platform.client_id)
    registration.set_auth_login_url(platform.auth_url).set_auth_token_url(platform.token_url)
    registration.set_key_set_url(platform.keyset_url)
    if platform.audience:
        registration.set_auth_audience(platform.audience)
    return registration


def signing_registration_of(platform: LtiRegistration) -> Registration:
    """Add this site's current key, for messages to the platform. `to_registration` would use it encrypted."""
    private_key, public_key = signing_key()
    return registration_of(platform).set_tool_private_key(private_key).set_tool_public_key(public_key)


class PlatformConfig(DjangoToolConfig):
    """django-lti's own class would create deployments that it does not know."""

    def find_registration_by_params(self, iss: str, client_id: str, *args: Any, **kwargs: Any) -> Registration | None:
        self.registration = find_platform(iss, client_id)
        return registration_of(self.registration) if self.registration else None


def platforms() -> QuerySet[LtiRegistration]:
    """The platforms, with counts of their deployments and of their linked courses."""
    return LtiRegistration.objects.select_related("belonging__organisation").annotate(
        deployment_count=Count("deployments", distinct=True),
        context_count=Count("deployments__contexts", distinct=True),
    )


def save_platform(*, platform: LtiRegistration, deployment_ids: Collection[str], organisation: Organisation) -> None:
    """Save a platform that its form has checked, with these deployments. Courses of removed deployments are unlinked. A
    stored platform keeps its organisation."""
    is_new = platform.pk is None
    with transaction.atomic():
        platform.save()
        belonging, _ = LtiPlatform.objects.get_or_create(registration=platform, defaults={"organisation": organisation})
        platform.deployments.exclude(deployment_id__in=deployment_ids).delete()
        for deployment_id in deployment_ids:
            LtiDeployment.objects.update_or_create(
                registration=platform, deployment_id=deployment_id, defaults={"is_active": True}
            )
        _record(platform, belonging.organisation_id, "created" if is_new else "changed")


def delete_platform(*, platform: LtiRegistration) -> None:
    """Delete the platform and the links of its courses and people. Accounts and enrolments stay."""
    organisation = platform.belonging.organisation_id
    with transaction.atomic():
        _record(platform, organisation, "deleted")
        platform.delete()
        if not LtiPlatform.objects.filter(organisation=organisation, registration__issuer=platform.issuer).exists():
            LtiAccount.objects.filter(organisation=organisation, issuer=platform.issuer).delete()


def _record(platform: LtiRegistration, organisation: int, change: str) -> None:
    record(Event.LTI_PLATFORM_CHANGED, organisation=organisation, platform=platform.pk, change=change)
