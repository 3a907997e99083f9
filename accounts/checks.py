from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def proxies_are_counted(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """HTTPS needs a proxy in front; uncounted, every visitor has its address and shares one network's failures."""
    if not settings.HTTPS or settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0:
        return []
    hint = "Set TRUSTED_PROXY_COUNT to the number of proxies in front, or anyone can make everyone wait to sign in."
    return [Error("HTTPS is on and TRUSTED_PROXY_COUNT is 0.", hint=hint, id="accounts.E001")]
