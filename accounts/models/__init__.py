from accounts.models.api_token import ApiToken, Scope
from accounts.models.consent import ConsentText
from accounts.models.invitation import Invitation
from accounts.models.lti import LtiAccount, LtiPlatform
from accounts.models.organisation import DEFAULT_ORGANISATION, Logo, Organisation, OrganisationId
from accounts.models.security_event import SecurityEvent
from accounts.models.user import User

__all__ = [
    "DEFAULT_ORGANISATION",
    "ApiToken",
    "ConsentText",
    "Invitation",
    "Logo",
    "LtiAccount",
    "LtiPlatform",
    "Organisation",
    "OrganisationId",
    "Scope",
    "SecurityEvent",
    "User",
]
