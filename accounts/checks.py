from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

# Django's backends that leave mails on the machine.
NOT_SENDING = {f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "filebased", "locmem")}


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """HTTPS needs a proxy in front. If it is not counted, all visitors share one address and its failures."""
    if not settings.HTTPS or settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0:
        return []
    hint = "Set TRUSTED_PROXY_COUNT to the number of proxies in front, or anyone can make everyone wait to sign in."
    return [Error("HTTPS is on and TRUSTED_PROXY_COUNT is 0.", hint=hint, id="accounts.E001")]


@register(Tags.security, deploy=True)
def mails_are_sent(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """The default prints mails to the log, including links that set a password."""
    if settings.EMAIL_BACKEND not in NOT_SENDING:
        return []
    hint = "Set EMAIL_URL. Password links are printed to the log, where whoever reads it can use them."
    return [Warning("Mails are not sent.", hint=hint, id="accounts.W001")]


@register(Tags.security, deploy=True)
def mails_have_a_sender(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Most mail servers refuse the default, or take it for spam."""
    if "@localhost" not in settings.DEFAULT_FROM_EMAIL or settings.EMAIL_BACKEND in NOT_SENDING:
        return []
    hint = "Set DEFAULT_FROM_EMAIL to an address for which the mail server may send."
    return [Warning(f"Mails are from {settings.DEFAULT_FROM_EMAIL}.", hint=hint, id="accounts.W005")]


@register(Tags.security, deploy=True)
def addresses_are_confirmed(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
        return []
    hint = "Set ACCOUNT_EMAIL_VERIFICATION=mandatory, or people can sign up with addresses of others."
    return [Warning("E-mail addresses are not confirmed.", hint=hint, id="accounts.W002")]


@register(Tags.security, deploy=True)
def site_url_is_https(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if not settings.HTTPS or settings.SITE_URL.startswith("https://"):
        return []
    hint = "Set SITE_URL to the address that browsers show, such as https://attune.example."
    return [Error(f"HTTPS is on and SITE_URL is {settings.SITE_URL}.", hint=hint, id="accounts.E002")]


@register(Tags.security, deploy=True)
def privacy_has_a_contact(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if settings.PRIVACY_CONTACT:
        return []
    hint = "Set PRIVACY_CONTACT, such as 'Data protection officer, privacy@school.example'. The privacy page shows it."
    return [Warning("No contact for questions about privacy is set.", hint=hint, id="accounts.W003")]


@register(Tags.security, deploy=True)
def administrators_have_a_second_factor(app_configs: Any, **_: Any) -> list[CheckMessage]:
    if settings.MFA_REQUIRED_FOR_ADMINISTRATORS:
        return []
    hint = "Set MFA_REQUIRED_FOR_ADMINISTRATORS=1. A stolen password then does not open everybody's data."
    return [Warning("Administrators need no second factor.", hint=hint, id="accounts.W004")]
