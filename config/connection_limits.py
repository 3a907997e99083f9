"""Limits on connections in daphne: deadlines for a request's headers and body, and how many one address may hold.

Without them, connections that send a byte now and then stay open until the process can open no more files. A WebSocket
has no deadline here. docs/adr/0018-connection-limits.md has the reasons for this place.
"""

import ipaddress
import resource
from collections import Counter

from daphne import http_protocol, server
from django.conf import settings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.web import http

# How long a connection waits for its next request.
KEEP_ALIVE_S = 60
# A timed-out connection has this long to read the rest of its response.
CLOSE_S = 5
# For the database, Redis and logs.
FILES_RESERVED = 128


class BoundedChannel(http.HTTPChannel):
    """An HTTP connection with a deadline for the headers, then one for the body. Arriving bytes postpone neither."""

    abortTimeout = CLOSE_S
    _is_idle = False
    _is_finishing = False

    def finish(self) -> None:
        """Close the connection as soon as it has no request to answer."""
        self._is_finishing = True
        self.persistent = False
        if self._is_idle:
            self.loseConnection()

    def checkPersistence(self, request: http.Request, version: bytes) -> bool:
        return super().checkPersistence(request, version) and not self._is_finishing

    def resetTimeout(self) -> None:
        """Twisted calls this for every byte that arrives."""

    def dataReceived(self, data: bytes) -> None:
        if self._is_idle:
            self._is_idle = False
            self.setTimeout(settings.REQUEST_HEADERS_TIMEOUT_S)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        self.setTimeout(settings.REQUEST_BODY_TIMEOUT_S)
        super().allHeadersReceived()

    def requestDone(self, request: http.Request) -> None:
        self._is_idle = True
        self._savedTimeOut = KEEP_ALIVE_S
        super().requestDone(request)


class BoundedHTTPFactory(http_protocol.HTTPFactory):
    protocol = BoundedChannel

    def __init__(self, daphne: server.Server) -> None:
        super().__init__(daphne)
        self.timeOut = settings.REQUEST_HEADERS_TIMEOUT_S


class CountedConnection(ProtocolWrapper):
    network: str | None = None


class CountingFactory(WrappingFactory[CountedConnection]):
    """Refuses connections beyond what the process, or one address, may hold.

    An address is an IPv4 address or an IPv6 /64. Those of this machine and of trusted proxies have no per-address
    limit: all visitors share them.
    """

    protocol = CountedConnection

    def __init__(self, daphne: server.Server) -> None:
        super().__init__(BoundedHTTPFactory(daphne))
        self.by_network: Counter[str | None] = Counter()
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        # An incoming body may need a second file.
        self.max_connections = (files - FILES_RESERVED) // 2
        self.max_per_network = min(settings.CONNECTIONS_PER_ADDRESS, self.max_connections // 2)

    def buildProtocol(self, addr: IAddress | None) -> CountedConnection | None:  # type: ignore[override]  # None refuses
        network = _network(addr)
        if len(self.protocols) >= self.max_connections:
            return None
        if network and self.by_network[network] >= self.max_per_network:
            return None
        connection = super().buildProtocol(addr)
        connection.network = network
        return connection

    def registerProtocol(self, connection: CountedConnection) -> None:
        super().registerProtocol(connection)
        self.by_network[connection.network] += 1

    def unregisterProtocol(self, connection: CountedConnection) -> None:
        super().unregisterProtocol(connection)
        self.by_network[connection.network] -= 1
        if not self.by_network[connection.network]:
            del self.by_network[connection.network]


def _network(peer: IAddress | None) -> str | None:
    """Return what counts as one address, or None if it has no limit."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or not isinstance(peer, IPv4Address | IPv6Address):
        return None
    address = ipaddress.ip_address(peer.host.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return None
    return str(ipaddress.ip_network((address, 64 if address.version == 6 else 32), strict=False))


def install() -> None:
    """Raise this process's limit on open files to the maximum, and make daphne listen with the limits above.

    Daphne's server looks the factory up when it starts.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY:  # macOS, which refuses it as a soft limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server.HTTPFactory = CountingFactory
