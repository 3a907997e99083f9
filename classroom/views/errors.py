import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views import defaults

from classroom.infra import circuit_breaker

RETRY_AFTER_S = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an unhandled exception. While the database is unavailable, it says so."""
    if not isinstance(sys.exc_info()[1], circuit_breaker.DATABASE_UNAVAILABLE):
        return defaults.server_error(request)
    response = HttpResponse(loader.get_template("database_unavailable.html").render(), status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response
