import json
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import password_reset
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Value
from django.db.models.functions import Replace
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.browser_sessions.expiry import delete_expired_sessions_daily
from accounts.browser_sessions.idle import renew
from accounts.models import ApiToken, User
from accounts.security_log.receivers import has_new_password
from accounts.sign_in.failures import failure_key, forget_failures


@receiver(password_reset)
def sign_in_without_wait_after_reset(request: HttpRequest, user: User, **_: Any) -> None:
    forget_failures(failure_key(request, user.email))


@receiver(post_save, sender=User)
def drop_former_addresses(instance: User, **_: Any) -> None:
    """allauth would still let a former address sign in and receive password links, no matter who changed it."""
    before = instance.stored_values
    if before and before["email"] != instance.email:
        EmailAddress.objects.filter(user=instance).exclude(email=instance.email).delete()


@receiver(post_save, sender=User)
def end_sign_ins_of_closed_account(instance: User, **_: Any) -> None:
    """Otherwise anybody holding a session of a deactivated account would be signed in again once it is reactivated."""
    before = instance.stored_values
    if before and before["is_active"] and not instance.is_active:
        User.objects.filter(pk=instance.pk).update(sign_outs_everywhere=F("sign_outs_everywhere") + 1)
        instance.refresh_from_db(fields=["sign_outs_everywhere"])


@receiver(post_save, sender=User)
def revoke_tokens_after_password_change(instance: User, **_: Any) -> None:
    """Somebody who knew the old password may have created one."""
    if has_new_password(instance):
        ApiToken.objects.filter(user=instance).delete()


@receiver(user_logged_in)
def start_idle_time(request: HttpRequest, **_: Any) -> None:
    renew(request.session)


@receiver(user_logged_in)
def complete_name(user: User, **_: Any) -> None:
    """During an upgrade, processes of the previous version create users without the texts derived from a name."""
    if not user.display_name:
        user.save(update_fields=["name"])


@receiver(post_delete, sender=User)
def remove_name_from_admin_log(instance: User, **_: Any) -> None:
    """This includes the entry about this deletion, which the admin writes first."""
    nameless = f"user {instance.pk}"
    about_users = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
    about_users.filter(object_id=instance.pk).update(object_repr=nameless)
    # Earlier versions logged enrolments by name, within the entries about their courses.
    enrolment = f'"object": {json.dumps(str(instance))[:-1]} in '
    LogEntry.objects.filter(change_message__contains=enrolment).update(
        change_message=Replace("change_message", Value(enrolment), Value(f'"object": "{nameless} in '))
    )


@receiver(post_delete, sender=User)
def show_plain_name_of_last_namesake(instance: User, **_: Any) -> None:
    """Nobody needs to be told apart from a deleted account, such as the duplicate of a person."""
    if instance.display_name != instance.name:
        User.objects.tell_apart({bytes(instance.sort_key)})


@receiver(user_logged_in)
def delete_expired_sessions_at_sign_in(**_: Any) -> None:
    delete_expired_sessions_daily()
