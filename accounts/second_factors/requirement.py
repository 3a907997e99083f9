"""Checks who has a second factor and who must have one, and removes them."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.security_log.events import Event, record

# Recovery codes only stand in for one of these, so they do not count on their own.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    return is_mfa_enabled(user, SECOND_FACTORS)


def lacks_required_second_factor(user: User | AnonymousUser | None) -> bool:
    """Return whether the user must add a second factor before anything else. Costs one query for administrators."""
    if not settings.MFA_REQUIRED_FOR_ADMINISTRATORS or user is None or not user.is_authenticated:
        return False
    return user.is_administrator and not has_second_factor(user)


def remove_second_factors(user: User) -> int:
    """Remove the second factors of somebody who has lost them. Return how many there were."""
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if removed:
        record(Event.SECOND_FACTORS_RESET, subject=user)
    return removed
