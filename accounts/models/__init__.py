from accounts.models.consent import Consent, ConsentText
from accounts.models.user import User

__all__ = ["Consent", "ConsentText", "User"]
