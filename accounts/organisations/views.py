from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from accounts.models import Logo


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The picture with this hash, for everybody who got the hash from a page. The sign-in page shows it, too."""
    # Two schools may have the same picture.
    found = Logo.objects.filter(organisation__logo_key=key).first()
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.png), content_type="image/png")
