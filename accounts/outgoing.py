"""Requests to addresses that people enter: never to private networks, unless PRIVATE_TARGETS_ALLOWED is on.

The address is checked when the connection opens, so neither a redirect nor a name whose address changes evades it.
"""

import ipaddress
import os
import socket
from contextlib import suppress
from threading import Timer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.response import HTTPResponse

# In seconds: until the connection opens, and between two parts of the answer.
TIMEOUT = (5, 5)
# Also in seconds: for opening the connection with TLS, and for the headers of the answer.
DEADLINE_S = 10
MAX_REDIRECTS = 3
MAX_ANSWER_BYTES = 2 * 1024 * 1024
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


class AnswerTooLong(requests.RequestException):
    """The answer has more than MAX_ANSWER_BYTES."""


class NoAddress(NewConnectionError):
    """The name has no address. requests wraps this and NotPublic in its ConnectionError."""


class NotPublic(NewConnectionError):
    """The name has an address on a private network."""


def is_allowed_target(url: str) -> bool:
    """Return whether the URL has a form that may be requested: https, unless private targets are allowed."""
    try:
        parts = urlsplit(url)
        schemes = ("https", "http") if settings.PRIVATE_TARGETS_ALLOWED else ("https",)
        return parts.scheme in schemes and bool(parts.hostname) and not parts.username and (parts.port or 1) > 0
    except ValueError:
        return False


class PublicSession(requests.Session):
    """Also raises requests.RequestException for private addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # a proxy from the environment would connect in our place, unchecked
        self.max_redirects = MAX_REDIRECTS
        self.headers["User-Agent"] = "Attune"
        for scheme in ("https://", "http://"):
            self.mount(scheme, _PublicAdapter())

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if not is_allowed_target(request.url or ""):
            raise requests.exceptions.InvalidURL(f"{request.url} may not be asked")
        wants_stream = kwargs.pop("stream", False)
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        response = super().send(request, stream=True, **kwargs)
        return response if wants_stream else _read(response)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is not None:
            resp._content = b""  # requests would read the body of a redirect, however long it is
        return target


def _read(response: requests.Response) -> requests.Response:
    parts, size = [], 0
    for part in response.iter_content(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            response.close()
            raise AnswerTooLong(f"{response.url} sent more than {MAX_ANSWER_BYTES} bytes", response=response)
    response._content = b"".join(parts)  # as the property `content` keeps it
    return response


def is_public(address: str) -> bool:
    """Return whether it is an address on the public internet and does not lead to a private one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        # Addresses that embed an IPv4 address reach it through a gateway.
        if found not in GLOBAL_UNICAST or found.sixtofour or found.teredo:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Deadline:
    """Ends a connection whose peer sends single bytes just often enough to avoid the timeout of each step. Leaving the
    context then raises TimeoutError."""

    def __init__(self) -> None:
        self._is_over = False
        self._watched: socket.socket | None = None
        self._timer = Timer(DEADLINE_S, self._end)
        self._timer.daemon = True

    def watch(self, opened: socket.socket) -> None:
        # A duplicate, because TLS takes over the socket itself.
        self._watched = socket.socket(fileno=os.dup(opened.fileno()))

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, _type: object, error: BaseException | None, _traceback: TracebackType | None) -> None:
        self._timer.cancel()
        if self._watched:
            self._watched.close()
        # A connection that was cut off reads like a complete answer.
        if self._is_over:
            raise TimeoutError from error

    def _end(self) -> None:
        self._is_over = True
        if self._watched:
            with suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)


class _PublicHTTPConnection(HTTPConnection):
    _deadline: _Deadline

    def connect(self) -> None:
        with _Deadline() as self._deadline:
            super().connect()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        with _Deadline() as deadline:
            if self.sock:
                deadline.watch(self.sock)
            return super().getresponse()

    def _new_conn(self) -> socket.socket:
        """Connect to the addresses that were checked, instead of resolving the name a second time."""
        name = self._dns_host
        failure: NewConnectionError | None = None
        try:
            for address in self._checked_addresses(name):
                self._dns_host = address
                try:
                    opened = super()._new_conn()
                except NewConnectionError as error:
                    failure = error
                else:
                    self._deadline.watch(opened)
                    return opened
        finally:
            self._dns_host = name  # the name that the certificate must have
        raise failure or NoAddress(self, f"{name} has no address")

    def _checked_addresses(self, name: str) -> list[str]:
        try:
            found = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NoAddress(self, f"{name} has no address: {error}") from error
        addresses = [str(each[4][0]) for each in found]
        if not settings.PRIVATE_TARGETS_ALLOWED and not all(map(is_public, addresses)):
            raise NotPublic(self, f"{name} is not a public address")
        return addresses


class _PublicHTTPSConnection(_PublicHTTPConnection, HTTPSConnection):
    """HTTPSConnection.connect calls _new_conn, too."""


class _PublicHTTPConnectionPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSConnectionPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicHTTPConnectionPool,
            "https": _PublicHTTPSConnectionPool,
        }
