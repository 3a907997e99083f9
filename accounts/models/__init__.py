from accounts.models.consent import Consent, ConsentText
from accounts.models.invitation import Invitation
from accounts.models.security_event import SecurityEvent
from accounts.models.user import User

__all__ = ["Consent", "ConsentText", "Invitation", "SecurityEvent", "User"]
