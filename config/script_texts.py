"""The catalogue of the scripts' texts. Each language has its own URL, so that browsers cache them separately."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import DjangoTranslation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog


class OwnCatalogue(JavaScriptCatalog):
    """Only the texts of our own scripts: the admin serves its own catalogue."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the catalogue of the active language."""
        language = translation.get_language() or settings.LANGUAGE_CODE
        folders = [str(path) for path in settings.LOCALE_PATHS]
        self.translation = DjangoTranslation(language, domain=self.domain, localedirs=folders)
        return self.render_to_response(self.get_context_data(**kwargs))


@require_GET
@cache_control(public=True, max_age=3600)
def script_texts(request: HttpRequest, language: str) -> HttpResponseBase:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        response = OwnCatalogue.as_view()(request)
    response["Content-Language"] = language
    return response
