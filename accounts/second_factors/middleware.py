from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from accounts.second_factors.requirement import lacks_required_second_factor

# Pages needed to add a second factor, and those that every page loads.
SETUP_PAGES = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "account_logout",
    "account_set_password",
    "set_language",
    "script_texts",
    "school_logo",
    "privacy",
}


class RequiredSecondFactorMiddleware(MiddlewareMixin):
    """Redirects administrators who lack a required second factor to the page that adds one."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        page = request.resolver_match.view_name if request.resolver_match else ""
        # Without a cookie nobody is signed in; returning here keeps such requests from needing the database.
        if page in SETUP_PAGES or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not lacks_required_second_factor(request.user):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("Add a second factor to your account first.")}, status=403)
        return redirect("mfa_index")
