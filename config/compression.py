from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED_TYPES = ("text/", "application/json", "application/problem+json")


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages, tables and JSON. Pictures, workbooks and archives are compressed already, and a streamed file
    would be compressed in the thread that serves the sockets. Static files do not come this far.

    Django adds a random number of bytes, so that the length of a page reveals nothing about its secrets.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(COMPRESSED_TYPES):
            return response
        return super().process_response(request, response)
