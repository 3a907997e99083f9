from typing import Any

from allauth.account.signals import password_reset
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.failed_sign_ins import failure_key, forget_failures
from accounts.models import User


@receiver(password_reset)
def sign_in_without_wait_after_reset(request: HttpRequest, user: User, **_: Any) -> None:
    forget_failures(failure_key(request, user.email))
