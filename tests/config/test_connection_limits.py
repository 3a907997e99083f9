import resource

import pytest
from daphne.server import Server
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from config import connection_limits
from config.asgi import application

VISITOR, OTHER = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def factory(settings):
    settings.CONNECTIONS_PER_ADDRESS = 3
    factory = connection_limits.CountingFactory(Server(application, ["tcp:port=0"]))
    yield factory
    for connection in list(factory.protocols):
        connection.connectionLost(Failure(ConnectionDone()))


def address(host: str) -> IPv4Address | IPv6Address:
    return (IPv6Address if ":" in host else IPv4Address)("TCP", host, 40_000)


def connect(factory, host: str):
    """Return the connection, None if it was refused."""
    connection = factory.buildProtocol(address(host))
    if connection is not None:
        connection.makeConnection(StringTransport(peerAddress=address(host)))
    return connection


def how_many(factory, *hosts: str) -> int:
    return sum(connect(factory, host) is not None for host in hosts)


def test_address_holds_as_many_connections_as_the_setting_says(factory):
    assert how_many(factory, *[VISITOR] * 5) == 3
    assert connect(factory, OTHER) is not None


def test_closed_connection_makes_room(factory):
    connections = [connect(factory, VISITOR) for _ in range(3)]
    connections[0].connectionLost(Failure(ConnectionDone()))
    assert how_many(factory, VISITOR, VISITOR) == 1


def test_ipv6_addresses_of_one_network_count_together(factory):
    assert how_many(factory, *(f"2001:db8:0:1::{number}" for number in range(1, 6))) == 3
    assert how_many(factory, "2001:db8:0:2::1") == 1


def test_ipv4_address_in_ipv6_form_counts_as_itself(factory):
    assert how_many(factory, *[f"::ffff:{VISITOR}"] * 2, *[VISITOR] * 2) == 3
    assert how_many(factory, f"::ffff:{OTHER}") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_has_no_limit_of_its_own(factory, host):
    assert how_many(factory, *[host] * 5) == 5


def test_unix_socket_has_no_limit_of_its_own(factory):
    assert all(factory.buildProtocol(UNIXAddress("/run/attune")) is not None for _ in range(5))


def test_trusted_proxies_have_no_limit_of_their_own(factory, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert how_many(factory, *[VISITOR] * 5) == 5


def test_process_holds_half_as_many_connections_as_it_may_open_files(factory):
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert factory.max_connections == (soft - connection_limits.FILES_RESERVED) // 2
    factory.max_connections = 2
    assert how_many(factory, "127.0.0.1", VISITOR, OTHER) == 2


def test_one_address_leaves_half_of_the_process_to_others(settings):
    settings.CONNECTIONS_PER_ADDRESS = 10**9
    factory = connection_limits.CountingFactory(Server(application, ["tcp:port=0"]))
    assert factory.max_per_network == factory.max_connections // 2
