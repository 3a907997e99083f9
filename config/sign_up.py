"""The setting SIGN_UP, who may create an account, and the limits on signing up and on mails."""

from django.core.exceptions import ImproperlyConfigured

CHOICES = ("open", "join_code", "invitation", "closed")
# A whole school may have one IP address. Sign-ins have no limit here: accounts/sign_in/failures.py slows guessing down.
RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": "120/m/ip",
    "reset_password": "120/m/ip,5/m/key",
    "reset_password_from_key": "120/m/ip",
    "provider_sign_in": "600/m/ip",
}


def checked(choice: str) -> str:
    if choice not in CHOICES:
        raise ImproperlyConfigured(f"SIGN_UP is {choice!r}. Set it to one of {', '.join(CHOICES)}.")
    return choice
