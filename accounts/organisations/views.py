from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from accounts.models import Logo


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The picture with this hash, for everybody who has it from a page: the sign-in page shows it, too."""
    found = get_object_or_404(Logo, organisation__logo_key=key)
    return HttpResponse(bytes(found.png), content_type="image/png")
