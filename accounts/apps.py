from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import checks, receivers  # noqa: F401, PLC0415  # models are loaded only now
        from accounts.lti import receivers as lti_receivers  # noqa: F401, PLC0415
        from accounts.security_log import receivers as security_receivers  # noqa: F401, PLC0415
