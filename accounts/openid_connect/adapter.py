"""Rules for providers' accounts: who is signed in, who gets a new account, and the page shown on failure."""

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

from accounts.browser_sessions.sign_outs import end_all_sign_ins
from accounts.models import LtiAccount, User
from accounts.security_log.events import Event, record

logger = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):
    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Everyone starts as a student, whatever the provider says about them."""
        user = sociallogin.user
        user.email, user.name = data.get("email") or "", data.get("name") or ""
        return user

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """allauth asks only for addresses that the provider has confirmed."""
        return _domain(email) in login.provider.app.settings["domains"]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """When the owner of an address that was never confirmed first signs in, unlink other providers' accounts and
        end all sign-ins and tokens. Like the password, which allauth removes, they may belong to an attacker who was
        waiting."""
        is_linked_now = sociallogin.is_existing and sociallogin.account.pk is None
        if not is_linked_now or sociallogin.state.get("process") in (AuthProcess.CONNECT, AuthProcess.REDIRECT):
            return
        user = sociallogin.user
        if not EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists():
            SocialAccount.objects.filter(user=user).delete()
            LtiAccount.objects.filter(user=user).delete()
            end_all_sign_ins(user)
            user.refresh_from_db(fields=["sign_outs_everywhere"])

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse people who may not have an account, or whose account here is not linked, and say why."""
        addresses = sociallogin.email_addresses
        email = addresses[0].email if addresses else ""
        name = sociallogin.provider.name
        if not email or not addresses[0].verified:
            reason = _("%(provider)s does not say that your e-mail address is confirmed.") % {"provider": name}
            advice = _("Sign in with your password instead, or ask your administrator.")
        elif User.objects.with_address(email):
            reason = _("There is already an account with the address %(email)s.") % {"email": email}
            advice = _("Sign in with your password first, then link %(provider)s on your account page.")
            advice %= {"provider": name}
        elif (domains := sociallogin.provider.app.settings["domains"]) and _domain(email) not in domains:
            reason = _("You cannot create an account this way with an address such as %(email)s.") % {"email": email}
            advice = _("Choose your school’s account there, or ask your administrator.")
        else:
            return super().is_open_for_signup(request, sociallogin)
        raise ImmediateHttpResponse(_refusal(request, reason=reason, advice=advice, status=403))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        with transaction.atomic():
            return super().save_user(request, sociallogin, form)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        if error == AuthError.CANCELLED:
            return
        record(Event.PROVIDER_SIGN_IN_FAILED, provider=provider.app.provider_id, reason=type(exception).__name__)
        logger.warning("signing in with %s failed: %s", provider.app.provider_id, exception or "no valid state")
        if isinstance(exception, RequestException):
            reason = _("%(provider)s does not answer right now.") % {"provider": provider.name}
            advice = _("Try again in a few minutes, or sign in with your password.")
            status = 503
        else:
            reason = _("What %(provider)s sent back could not be verified.") % {"provider": provider.name}
            advice = _("Start again from the sign-in page. If it keeps failing, tell your administrator.")
            status = 401
        raise ImmediateHttpResponse(_refusal(request, reason=reason, advice=advice, status=status))


def _refusal(request: HttpRequest, *, reason: str, advice: str, status: int) -> Any:
    context = {"reason": reason, "advice": advice}
    return render(request, "socialaccount/authentication_error.html", context, status=status)


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()
