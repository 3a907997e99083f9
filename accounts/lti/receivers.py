from typing import Any

from allauth.account.signals import password_reset
from django.dispatch import receiver

from accounts.lti.people import unlink_accounts_that_began
from accounts.models import User


@receiver(password_reset)
def unlink_after_reset(user: User, **_: Any) -> None:
    unlink_accounts_that_began(user)
