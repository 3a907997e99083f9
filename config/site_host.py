import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger(__name__)

# Load balancers and monitoring use whatever address they know.
PROBES = ("/healthz", "/readyz", "/metrics")
REFUSAL = "The Host header is not that of SITE_URL.\n"


class SiteHostMiddleware(MiddlewareMixin):
    """Refuse requests with another Host than that of SITE_URL.

    Django compares only the name, so a visitor could choose its case and the port, which ends up in links.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = settings.SITE_HOSTS[0]
            return None
        host = request._get_raw_host()  # type: ignore[attr-defined]  # get_host(), without Django's own comparison
        if host in settings.SITE_HOSTS:
            return None
        logger.warning("Refused a request with the Host %.100r: SITE_URL is %s", host, settings.SITE_URL)
        return HttpResponseBadRequest(REFUSAL, content_type="text/plain")
