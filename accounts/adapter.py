from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.hashers import HashingBusy


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let the templates in templates/account/email say when their link expires."""
        super().send_mail(template_prefix, email, {"link_days": settings.MAIL_LINK_DAYS, **context})

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Count no failed attempt against an account whose password was not checked at all."""
        try:
            return super().authenticate(request, **credentials)
        except HashingBusy:
            self._rollback_login_failed_rl_usage()
            raise
