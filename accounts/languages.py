"""Each user's language: stored with the account, and in force by the cookie that Django's language switch sets, too."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _


def language_choices() -> list[tuple[str, str]]:
    """Return the languages by their own names; without a choice the browser's preference counts."""
    own_names = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    return [("", _("Same as the browser")), *own_names]


def use_language(response: HttpResponseBase, language: str) -> None:
    """Have this browser ask for the language from now on, or for the one that it prefers if it is ''."""
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
