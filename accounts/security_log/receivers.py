"""Receivers of signals of Django, allauth and this app that write the security log."""

from typing import Any

from allauth.account import signals as allauth_signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social_signals
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from accounts.models import ConsentText, User
from accounts.security_log.events import Event, record

WATCHED_FIELDS = ("email", "role", "is_superuser", "is_active", "password")


@receiver(user_logged_in)
def log_sign_in(user: User, **_: Any) -> None:
    record(Event.SIGN_IN, subject=user)


@receiver(user_login_failed)
def log_failed_sign_in(credentials: dict[str, Any], **_: Any) -> None:
    record(Event.SIGN_IN_FAILED, subject=User.objects.with_address(credentials.get("email", "")))


@receiver(user_logged_out)
def log_sign_out(user: User | None, **_: Any) -> None:
    if user is not None:
        record(Event.SIGN_OUT, subject=user)


@receiver(pre_save, sender=User)
def remember_stored_values(instance: User, raw: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """For log_account_changes. Costs no query at sign-in, which saves other fields."""
    instance.stored_values = None
    if not raw and instance.pk and (update_fields is None or update_fields & set(WATCHED_FIELDS)):
        instance.stored_values = User.objects.filter(pk=instance.pk).values(*WATCHED_FIELDS).first()


@receiver(post_save, sender=User)
def log_account_changes(instance: User, created: bool, **_: Any) -> None:
    if created:
        record(Event.ACCOUNT_CREATED, subject=instance, role=instance.role)
        return
    before = instance.stored_values
    if before is None:
        return
    if has_new_password(instance):
        record(Event.PASSWORD_CHANGED, subject=instance)
    if before["email"] != instance.email:
        record(Event.EMAIL_CHANGED, subject=instance)
    if before["role"] != instance.role:
        record(Event.ROLE_CHANGED, subject=instance, old=before["role"], new=instance.role)
    elif before["is_superuser"] != instance.is_superuser:
        words = {False: "administrator", True: "superuser"}
        record(
            Event.ROLE_CHANGED,
            subject=instance,
            old=words[before["is_superuser"]],
            new=words[instance.is_superuser],
        )
    if before["is_active"] != instance.is_active:
        record(Event.ACCOUNT_ACTIVATED if instance.is_active else Event.ACCOUNT_DEACTIVATED, subject=instance)


def has_new_password(user: User) -> bool:
    """Return whether the save in progress changes the password, for receivers of post_save."""
    before = user.stored_values
    # Django keeps a new raw password until the save is over. It has none if it only renews the hash of the old one.
    is_new = getattr(user, "_password", None) is not None or not user.has_usable_password()
    return before is not None and is_new and before["password"] != user.password


@receiver(post_delete, sender=User)
def log_deleted_account(instance: User, **_: Any) -> None:
    record(Event.ACCOUNT_DELETED, subject=instance)


@receiver(allauth_signals.email_confirmed)
def log_confirmed_address(email_address: EmailAddress, **_: Any) -> None:
    record(Event.EMAIL_CONFIRMED, subject=email_address.user)


@receiver(post_save, sender=ConsentText)
def log_consent_text(instance: ConsentText, **_: Any) -> None:
    record(
        Event.CONSENT_TEXT_PUBLISHED,
        organisation=instance.organisation_id,
        version=instance.version,
        applies_from=instance.applies_from.isoformat(),
    )


@receiver(mfa_signals.authenticator_added)
def log_added_second_factor(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(Event.SECOND_FACTOR_ADDED, subject=user, type=authenticator.type)


@receiver(mfa_signals.authenticator_removed)
def log_removed_second_factor(user: User, authenticator: Authenticator, **_: Any) -> None:
    record(Event.SECOND_FACTOR_REMOVED, subject=user, type=authenticator.type)


@receiver(mfa_signals.authenticator_reset)
def log_new_recovery_codes(user: User, **_: Any) -> None:
    record(Event.RECOVERY_CODES_CHANGED, subject=user)


@receiver(mfa_signals.authentication_failed)
def log_wrong_code(user: User, **_: Any) -> None:
    record(Event.SECOND_FACTOR_FAILED, subject=user)


@receiver(mfa_signals.authenticator_used)
def log_used_recovery_code(user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(Event.RECOVERY_CODE_USED, subject=user)


@receiver(social_signals.social_account_added)
def log_linked_account(sociallogin: SocialLogin, **_: Any) -> None:
    record(Event.PROVIDER_ACCOUNT_LINKED, subject=sociallogin.user, provider=sociallogin.account.provider)


@receiver(social_signals.social_account_removed)
def log_unlinked_account(socialaccount: SocialAccount, **_: Any) -> None:
    record(Event.PROVIDER_ACCOUNT_UNLINKED, subject=socialaccount.user, provider=socialaccount.provider)
