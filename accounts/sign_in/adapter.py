from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.email.sending import MailNotSent, send_or_log
from accounts.languages import use_language
from accounts.models import User
from accounts.security_log.events import Event, record
from accounts.sign_in.failures import failure_key, forget_failures, record_failure, refuse_while_waiting
from accounts.sign_in.known_browsers import remember_browser
from accounts.sign_in.sign_up import may_sign_up, sign_up_organisation

# Keys are allauth's names of its mails.
CHANGES_OF_SIGN_IN = {
    "mfa/email/totp_activated": _("an authenticator app was added"),
    "mfa/email/totp_deactivated": _("the authenticator app was removed"),
    "mfa/email/webauthn_added": _("a passkey was added"),
    "mfa/email/webauthn_removed": _("a passkey was removed"),
    "mfa/email/recovery_codes_generated": _("new recovery codes replace the former ones"),
    "socialaccount/email/account_connected": _("an account elsewhere now signs in, too"),
    "socialaccount/email/account_disconnected": _("an account elsewhere no longer signs in"),
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def new_user(self, request: HttpRequest) -> User:
        """Return the account that somebody is signing up for, here or through a provider."""
        user: User = super().new_user(request)
        user.organisation_id = sign_up_organisation(request)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Make links lead to SITE_URL, whatever the request says, and let templates say when they expire.

        Use the language of the account with this address, which may not be that of the request. Raises MailNotSent.
        """
        links = {}
        for name, value in context.items():
            if name.endswith("_url"):
                parts = urlsplit(value)
                links[name] = settings.SITE_URL + urlunsplit(("", "", parts.path, parts.query, ""))
        owner = context.get("user") or User.objects.with_address(email)
        with translation.override(getattr(owner, "language", "") or translation.get_language()):
            # Not allauth's own method, which needs a request: tasks and commands also send mails.
            details = {"email": email, "link_hours": settings.MAIL_LINK_HOURS, **context, **links}
            mail = self.render_mail(template_prefix, email, details)
        try:
            mail.send()
        except OSError as error:
            raise MailNotSent(type(error).__name__) from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check the password. Raises ValidationError if earlier failures require a wait."""
        key = failure_key(request, credentials["email"])
        refuse_while_waiting(key, email=credentials["email"])
        user = super().authenticate(request, **credentials)
        if user is None:
            record_failure(key)
            return None
        # Attempts sent together all began without a wait. The first of them to fail make the others wait, too.
        refuse_while_waiting(key, email=credentials["email"])
        forget_failures(key)
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        remember_browser(request, response, user.pk)
        if language := cast(User, user).language:
            use_language(response, language)
        return response

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        record(Event.PASSWORD_RESET_REQUESTED, subject=cast(User, user))
        super().send_password_reset_mail(user, email, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner how signing in has changed. accounts/email/change.py reports a changed address."""
        owner = cast(User, user)
        if template_prefix in CHANGES_OF_SIGN_IN:
            template, about = "account/email/sign_in_changed", {"change": CHANGES_OF_SIGN_IN[template_prefix]}
        elif template_prefix.removeprefix("account/email/") in ("password_changed", "password_reset", "password_set"):
            template, about = "account/email/password_changed", {}
        else:
            return
        details = {"user": owner, "password_reset_url": reverse("account_reset_password"), **about}
        send_or_log(template, owner.email, details, purpose=f"mail user {owner.pk} {template_prefix}")

    def send_account_already_exists_mail(self, email: str) -> None:
        # Signing up with a free address costs a hash. Without one here, the response time would reveal taken addresses.
        make_password(get_random_string(12))
        super().send_account_already_exists_mail(email)
