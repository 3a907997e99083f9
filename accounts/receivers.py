from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.failed_sign_ins import failure_key, forget_failures
from accounts.idle_sessions import renew
from accounts.models import User


@receiver(password_reset)
def sign_in_without_wait_after_reset(request: HttpRequest, user: User, **_: Any) -> None:
    forget_failures(failure_key(request, user.email))


@receiver(post_save, sender=User)
def drop_former_addresses(instance: User, **_: Any) -> None:
    """allauth would still let a former address sign in and receive password links, whoever has changed it."""
    before = instance.stored_values
    if before and before["email"] != instance.email:
        EmailAddress.objects.filter(user=instance).exclude(email=instance.email).delete()


@receiver(user_logged_in)
def start_idle_time(request: HttpRequest, **_: Any) -> None:
    renew(request.session)
