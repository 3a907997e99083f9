"""Messages to platforms: the answer to a deep link, and the request for a roster."""

from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.urls import reverse
from lti_tool.models import LtiContext, LtiDeployment
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.exception import LtiException
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.service_connector import ServiceConnector

from accounts.lti.pending import DeepLinkRequest
from accounts.lti.platforms import accepts_launches, signing_registration_of
from accounts.lti.roles import course_role
from accounts.lti.verification import email_claim, is_id, name_claim
from accounts.outgoing import PublicSession

DEEP_LINK_DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
MAX_MEMBERS = 5000
MAX_PAGES = 100
# Errors of a request, of pylti1p3, and of claims whose type is not the specified one.
UNREADABLE = (
    requests.RequestException,
    LtiException,
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


class RosterUnavailable(Exception):
    """The platform does not send its roster; the message is for the log."""


@dataclass(frozen=True)
class Member:
    """A person on a platform's roster. `role` is empty for those who neither teach, assist nor learn."""

    subject: str
    name: str
    email: str
    role: str
    is_active: bool


class _Resource(DeepLinkResource):
    def to_dict(self) -> dict[str, object]:
        """Ask for a new window: frames get neither our cookies nor the camera."""
        return {**super().to_dict(), "window": {"targetName": "_blank"}}


def deep_link_answer(*, deployment: LtiDeployment, request: DeepLinkRequest, title: str, custom: dict[str, str]) -> str:
    """Return the signed answer with one link, which opens with the `custom` parameters."""
    asked: Any = {"deep_link_return_url": request.return_url, "data": request.data}
    answer = DeepLink(signing_registration_of(deployment.registration), deployment.deployment_id, asked)
    resource = _Resource().set_title(title).set_url(settings.SITE_URL + reverse("lti_launch"))
    message = answer.get_message_jwt([resource.set_custom_params(custom)])
    if request.data is None:
        del message[DEEP_LINK_DATA]
    return answer.encode_jwt(message)


class _Connector(ServiceConnector):
    """pylti1p3's own connector shares a token among all registrations of an issuer."""

    def _get_cached_access_token(self, scope_key: str) -> str | None:
        return None

    def _cache_access_token(self, scope_key: str, access_token: str, expires_in: float) -> None:
        """Caching does not pay off for one request per page of a roster."""


def fetch_roster(context: LtiContext) -> list[Member]:
    """Ask the platform for the members of one of its courses. Raises RosterUnavailable."""
    if not accepts_launches(context.deployment_id):
        raise RosterUnavailable("the platform is not active")
    connector = _Connector(signing_registration_of(context.deployment.registration), PublicSession())
    service = NamesRolesProvisioningService(connector, {"context_memberships_url": context.memberships_url})
    members: dict[str, Member] = {}
    url: str | None = context.memberships_url
    try:
        for _page in range(MAX_PAGES):
            found, url = service.get_members_page(url)
            for member in filter(None, map(_member, found)):
                members[member.subject] = member
            if len(members) > MAX_MEMBERS:
                raise RosterUnavailable(f"more than {MAX_MEMBERS} members")
            if not url:
                return list(members.values())
    except UNREADABLE as error:
        raise RosterUnavailable(repr(error)) from error
    raise RosterUnavailable(f"more than {MAX_PAGES} pages")


def _member(claims: Any) -> Member | None:
    subject = claims.get("user_id")
    if not is_id(subject):
        return None
    return Member(
        subject=subject,
        name=name_claim(claims),
        email=email_claim(claims.get("email")),
        role=course_role(claims.get("roles")),
        is_active=claims.get("status", "Active") == "Active",
    )
