"""Verifies what a platform sends with a launch.

pylti1p3 reads the token and finds the key. It checks neither audience nor issuer. It accepts a token without expiry,
the same token twice, and a token from another platform than the one that was asked.
"""

from typing import Any

import jwt
import requests
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.http import HttpRequest
from jwcrypto.common import JWException
from lti_tool.models import LtiDeployment, LtiRegistration
from pylti1p3.contrib.django import DjangoMessageLaunch
from pylti1p3.exception import LtiException, LtiInvalidNonceException, LtiKeyException

from accounts.lti.pending import DeepLinkRequest, Launch, LaunchState
from accounts.lti.platforms import PlatformConfig, active_platforms, registration_of
from accounts.lti.refusals import LaunchRefused, Reason
from accounts.lti.roles import course_role
from accounts.names import clean_name
from accounts.outgoing import PublicSession

# The one that LTI's security framework requires. No shared-secret algorithm: anybody who knows the secret could sign.
ALGORITHM = "RS256"
REQUIRED_CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nonce"]
# The clocks of two servers differ a little.
LEEWAY_S = 30
MAX_ID_LENGTH = 255
# The limit of django-lti's table.
MAX_URL_LENGTH = 200
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINK_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
REASONS = [
    (jwt.ExpiredSignatureError, Reason.EXPIRED),
    (jwt.ImmatureSignatureError, Reason.CLOCK),
    (jwt.InvalidAudienceError, Reason.AUDIENCE),
    (jwt.InvalidIssuerError, Reason.ISSUER),
    (jwt.InvalidSignatureError, Reason.SIGNATURE),
]


class VerifiedLaunch(DjangoMessageLaunch):
    platform: LtiRegistration
    deployment: LtiDeployment

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, PlatformConfig(), session_service=LaunchState(), requests_session=PublicSession())

    def validate_state(self) -> "VerifiedLaunch":
        """Require the state from this browser's cookie, and that nothing has answered it yet."""
        if not self._request.get_param("id_token"):
            raise LaunchRefused(Reason.ANSWER, self._request.get_param("error") or "")
        try:
            super().validate_state()
        except LtiException as error:
            raise LaunchRefused(Reason.STATE, error) from error
        saved = self._session_service.take(self._request.get_param("state"))
        if saved is None:
            raise LaunchRefused(Reason.STATE)
        platform = active_platforms().filter(pk=saved["platform"]).first()
        if platform is None:
            raise LaunchRefused(Reason.PLATFORM)
        self.platform = platform
        return self

    def validate_registration(self) -> "VerifiedLaunch":
        if self._get_jwt_body().get("iss") != self.platform.issuer:
            raise LaunchRefused(Reason.ISSUER)
        self._registration = registration_of(self.platform)
        return self

    def validate_jwt_signature(self) -> "VerifiedLaunch":
        try:
            claims = jwt.decode(
                self._get_id_token(),
                self.get_public_key()[0],
                algorithms=[ALGORITHM],
                audience=self.platform.client_id,
                issuer=self.platform.issuer,
                leeway=LEEWAY_S,
                options={"require": REQUIRED_CLAIMS},
            )
        except LtiKeyException as error:
            raise LaunchRefused(Reason.SIGNATURE, error) from error
        except JWException as error:
            raise LaunchRefused(Reason.KEYS, error) from error
        except jwt.PyJWTError as error:
            reason = next((reason for kind, reason in REASONS if isinstance(error, kind)), Reason.MESSAGE)
            raise LaunchRefused(reason, error) from error
        if claims.get("azp", self.platform.client_id) != self.platform.client_id:
            raise LaunchRefused(Reason.AUDIENCE)
        return self

    def fetch_public_key(self, key_set_url: str) -> Any:
        """Fetch the keys for each launch, because the platform may change them at any time."""
        try:
            response = self._requests_session.get(key_set_url)
            response.raise_for_status()
            return {"keys": [key for key in response.json()["keys"] if isinstance(key, dict)]}
        except (requests.RequestException, KeyError, RecursionError, TypeError, ValueError) as error:
            raise LaunchRefused(Reason.KEYS, error) from error

    def validate_deployment(self) -> "VerifiedLaunch":
        deployment_id = self._get_jwt_body().get(f"{CLAIM}deployment_id")
        found = LtiDeployment.objects.active().filter(registration=self.platform, deployment_id=deployment_id)
        deployment = found.first() if is_id(deployment_id) else None
        if deployment is None:
            raise LaunchRefused(Reason.DEPLOYMENT)
        self.deployment = deployment
        return self


def verify_launch(request: HttpRequest) -> Launch:
    """Return what the platform says. Raises LaunchRefused."""
    launch = VerifiedLaunch(request)
    try:
        launch.validate()
        return _read(launch)
    except LaunchRefused as error:
        error.platform = launch.platform.pk if hasattr(launch, "platform") else None
        raise
    except LtiInvalidNonceException as error:
        raise LaunchRefused(Reason.NONCE, error, platform=launch.platform.pk) from error
    except (LtiException, AttributeError, KeyError, TypeError, ValueError) as error:
        platform = launch.platform.pk if hasattr(launch, "platform") else None
        raise LaunchRefused(Reason.MESSAGE, repr(error), platform=platform) from error


def _read(launch: VerifiedLaunch) -> Launch:
    """Raises LaunchRefused, or AttributeError for a claim whose type is not the specified one."""
    claims: dict[str, Any] = dict(launch.get_launch_data())
    context = claims.get(f"{CLAIM}context") or {}
    context_id, subject = context.get("id") or "", claims["sub"]
    if not is_id(subject):
        raise LaunchRefused(Reason.MESSAGE, "sub")
    if not is_id(context_id):
        raise LaunchRefused(Reason.CONTEXT)
    if not launch.is_resource_launch() and not launch.is_deep_link_launch():
        raise LaunchRefused(Reason.MESSAGE, "kind of message")
    custom = claims.get(f"{CLAIM}custom") or {}
    return Launch(
        platform=launch.platform.pk,
        deployment=launch.deployment.pk,
        organisation=launch.platform.belonging.organisation_id,
        issuer=launch.platform.issuer,
        subject=subject,
        name=name_claim(claims),
        email=email_claim(claims.get("email")),
        role=course_role(claims.get(f"{CLAIM}roles")),
        context_id=context_id,
        context_title=_text(context.get("title")) or _text(context.get("label")),
        memberships_url=_url((claims.get(MEMBERSHIPS_CLAIM) or {}).get("context_memberships_url")),
        course=_number(custom.get("attune_course")),
        session=_number(custom.get("attune_session")),
        deep_link=_deep_link(claims[DEEP_LINK_CLAIM]) if launch.is_deep_link_launch() else None,
    )


def is_id(claim: Any) -> bool:
    """Return whether the claim can name a person, a course or a deployment, and be stored."""
    return isinstance(claim, str) and 0 < len(claim) <= MAX_ID_LENGTH and claim.isprintable()


def name_claim(claims: dict[str, Any]) -> str:
    """Return the person's full name. Some platforms send only its parts."""
    parts = (_text(claims.get(part)) for part in ("given_name", "family_name"))
    return _text(claims.get("name")) or " ".join(filter(None, parts))


def email_claim(claim: Any) -> str:
    """Return the address in lower case, or nothing if it is not valid."""
    try:
        validate_email(claim)
    except ValidationError:
        return ""
    return claim.lower() if len(claim) <= 254 else ""


def _deep_link(claim: dict[str, Any]) -> DeepLinkRequest:
    return_url, data = _url(claim.get("deep_link_return_url"), longest=2000), claim.get("data")
    if not return_url:
        raise LaunchRefused(Reason.MESSAGE, "deep_link_return_url")
    return DeepLinkRequest(return_url=return_url, data=data if data is None else str(data))


def _text(claim: Any) -> str:
    return clean_name(claim)[:200] if isinstance(claim, str) else ""


def _url(claim: Any, *, longest: int = MAX_URL_LENGTH) -> str:
    """Return the URL, or nothing if no browser or server could open it."""
    try:
        URLValidator(schemes=["https", "http"])(claim)
    except ValidationError:
        return ""
    is_plain = len(claim) <= longest and claim.isprintable()
    return claim if is_plain and "@" not in claim.partition("://")[2].partition("/")[0] else ""


def _number(claim: Any) -> int | None:
    text = str(claim)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
