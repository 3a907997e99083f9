from typing import Any

from allauth.account.signals import password_reset
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.lti.pending import forget_launch
from accounts.lti.people import unlink_accounts_that_began
from accounts.models import User


@receiver(password_reset)
def unlink_after_reset(user: User, **_: Any) -> None:
    unlink_accounts_that_began(user)


@receiver(user_logged_out)
def forget_launch_at_sign_out(request: HttpRequest | None, **_: Any) -> None:
    """Also an unused one, which would offer this person's account to the next person at a shared computer."""
    if request is not None:
        forget_launch(request)
