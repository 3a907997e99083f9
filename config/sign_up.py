"""The settings that say who gets an account, and the limits on signing up, mails and launches."""

from django.core.exceptions import ImproperlyConfigured

CHOICES = {
    # By signing up (docs/sign-in.md).
    "SIGN_UP": ("open", "join_code", "invitation", "closed"),
    # By a launch or a roster from a learning platform (docs/lti.md).
    "LTI_NEW_ACCOUNTS": ("everybody", "students", "nobody"),
}
# A whole school may have one IP address. Sign-ins have no limit here: accounts/sign_in/failures.py slows guessing down.
RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": "120/m/ip",
    "reset_password": "120/m/ip,5/m/key",
    "reset_password_from_key": "120/m/ip",
    "provider_sign_in": "600/m/ip",
    # Two requests of each launch.
    "lti": "1200/m/ip",
}


def checked(setting: str, choice: str) -> str:
    if choice not in CHOICES[setting]:
        raise ImproperlyConfigured(f"{setting} is {choice!r}. Set it to one of {', '.join(CHOICES[setting])}.")
    return choice
