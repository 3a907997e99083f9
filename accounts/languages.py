"""Each user's language: stored with the account and applied through the cookie that Django's language switch sets."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def language_choices() -> list[tuple[str, str]]:
    """Return the languages by their own names. If none is chosen, the browser's preference counts."""
    own_names = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    return [("", _("Same as the browser")), *own_names]


def use_language(response: HttpResponseBase, language: str) -> None:
    """Make this browser request the language from now on, or its preferred one if it is ''."""
    if not language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
