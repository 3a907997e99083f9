import logging
import math
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.failed_sign_ins import failure_key, forget_failures, record_failure, seconds_to_wait
from accounts.known_browsers import remember_browser
from accounts.languages import use_language
from accounts.models import User
from accounts.security_log import Event, record

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let links lead to SITE_URL, whatever the request says, and templates say when they expire.

        Write in the language of the account with this address; it may not be that of the request.
        """
        links = {}
        for name, value in context.items():
            if name.endswith("_url"):
                parts = urlsplit(value)
                links[name] = settings.SITE_URL + urlunsplit(("", "", parts.path, parts.query, ""))
        owner = context.get("user") or User.objects.with_address(email)
        with translation.override(getattr(owner, "language", "") or translation.get_language()):
            super().send_mail(template_prefix, email, {"link_hours": settings.MAIL_LINK_HOURS, **context, **links})

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check the password, unless earlier failures require a wait. Raises ValidationError then."""
        key = failure_key(request, credentials["email"])
        _refuse_for(seconds_to_wait(key), credentials["email"])
        user = super().authenticate(request, **credentials)
        if user is None:
            record_failure(key)
            return None
        # Attempts sent together all began without a wait; the first failures of them hold for the others, too.
        _refuse_for(seconds_to_wait(key), credentials["email"])
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
        """Tell the owner that the password has changed. accounts/email_change.py tells of a changed address."""
        if template_prefix.removeprefix("account/email/") not in ("password_changed", "password_reset", "password_set"):
            return
        owner = cast(User, user)
        context = {"user": owner, "password_reset_url": reverse("account_reset_password")}
        try:
            self.send_mail("account/email/password_changed", owner.email, context)
        except OSError as error:
            # The password has changed, and saying so must not look like a failure.
            logger.warning("could not tell user %s that the password has changed: %s", owner.pk, error)

    def send_account_already_exists_mail(self, email: str) -> None:
        # Signing up with a free address costs a hash. Without one here, the time of the answer would tell them apart.
        make_password(get_random_string(12))
        super().send_account_already_exists_mail(email)


def _refuse_for(wait: int, email: str) -> None:
    if wait == 0:
        return
    record(Event.SIGN_IN_LIMITED, subject=User.objects.with_address(email))
    if wait < 60:
        retry = ngettext("Try again in %(n)s second.", "Try again in %(n)s seconds.", wait) % {"n": wait}
    else:
        minutes = math.ceil(wait / 60)
        retry = ngettext("Try again in %(n)s minute.", "Try again in %(n)s minutes.", minutes) % {"n": minutes}
    raise ValidationError(_("Too many failed attempts.") + " " + retry, code="too_many_login_attempts")
