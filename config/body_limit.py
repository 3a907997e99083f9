"""Limits request bodies in daphne, which otherwise receives a body of any size before the application sees it, and
closes the connection if a response breaks off.

docs/adr/0015-body-limit.md has the reasons for this place. One path accepts larger bodies: import uploads, whose URL
carries a ticket that only administrators' pages get.
"""

from daphne import http_protocol
from django.conf import settings
from twisted.internet import reactor

from classroom.infra.upload_tickets import holder_of

# A close with unread data resets the connection, and the sender would lose the answer (RFC 9112, 9.6).
LINGER_S = 1.0
UPLOADS = b"/administration/imports/upload/"
# On top of the files: the form's other fields and the part boundaries.
FORM_BYTES = 64 * 1024
REFUSAL = (
    b"HTTP/1.1 413 Content Too Large\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 27\r\n"
    b"Connection: close\r\n"
    b"\r\n"
    b"The request is too large.\r\n"
)


class BoundedWebRequest(http_protocol.WebRequest):
    """A request that is refused with 413 by its declared length or, if it declares none, by the bytes received. If its
    response fails partway, the connection is reset, so that nobody takes part of a file for the whole."""

    _refused = False
    _limit = 0

    def gotLength(self, length: int | None) -> None:
        self._limit = body_limit(self.channel._path)
        if length is not None and length > self._limit:
            self._refuse()
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:
        if self._refused:
            return
        if self.content.tell() + len(data) > self._limit:
            self.content.close()
            self._refuse()
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if not self._refused:
            super().requestReceived(command, path, version)

    def handle_exception(self, exception: BaseException) -> None:
        if self._response_started and self.channel is not None:
            # Daphne would start a second response, which fails and leaves the connection open.
            self.channel.transport.abortConnection()
        else:
            super().handle_exception(exception)

    def _refuse(self) -> None:
        self._refused = True
        transport = self.channel.transport
        transport.write(REFUSAL)
        transport.loseWriteConnection()
        reactor.callLater(LINGER_S, transport.abortConnection)  # type: ignore[arg-type]  # an interface without self


def body_limit(path: bytes) -> int:
    """Return how many bytes the body of a request to this path may have."""
    if path.startswith(UPLOADS):
        ticket = path.removeprefix(UPLOADS).partition(b"/")[0].decode("ascii", "replace")
        if holder_of(ticket) is not None:
            return settings.IMPORT_MAX_BYTES + FORM_BYTES
    return settings.REQUEST_BODY_MAX_BYTES


def install() -> None:
    """Make daphne build bounded requests. Its factory looks the class up for every connection."""
    http_protocol.WebRequest = BoundedWebRequest
