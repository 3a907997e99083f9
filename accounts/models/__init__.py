from accounts.models.consent import ConsentText
from accounts.models.invitation import Invitation
from accounts.models.security_event import SecurityEvent
from accounts.models.user import User

__all__ = ["ConsentText", "Invitation", "SecurityEvent", "User"]
