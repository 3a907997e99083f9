"""The configured providers, and the pages that may lead to them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase


def configured_providers() -> list[dict[str, Any]]:
    return settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]


def may_post_to_providers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let forms of this page lead to a provider: Chromium applies the policy to redirects that answer a form, too."""

    @wraps(view)
    def with_policy(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        origins = [origin for each in configured_providers() for origin in each["settings"]["form_origins"]]
        response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]  # as csp.decorators does
        return response

    return with_policy
