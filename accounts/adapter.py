from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let the templates in templates/account/email say when their link expires."""
        super().send_mail(template_prefix, email, {"link_days": settings.MAIL_LINK_DAYS, **context})
