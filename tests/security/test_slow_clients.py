"""A connection that sends its request slowly, or not at all, is cut off whatever arrives. An open socket is not."""

import resource
import select
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from tests.server import ROOT, running_server

DEADLINE_S = 2
# After this time, a connection counts as never cut off: busy machines are slow.
PATIENCE_S = 60
LINE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def server_with_short_deadlines(tmp_path_factory, demo):
    deadlines = dict.fromkeys(("REQUEST_HEADERS_TIMEOUT_S", "REQUEST_BODY_TIMEOUT_S"), str(DEADLINE_S))
    yield from running_server(tmp_path_factory.mktemp("impatient"), demo, SIMULATION_ALLOWED="1", **deadlines)


def open_connection(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE_S)


def is_cut(connection: socket.socket, drip: bytes) -> bool:
    """Send `drip` ten times a second. Return whether the server closes the connection without an answer."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            connection.sendall(drip)
            if select.select([connection], [], [], 0.1)[0]:
                return connection.recv(1) == b""
        except (BrokenPipeError, ConnectionResetError):
            return True
    return False


@pytest.mark.parametrize(
    ("begun", "drip"),
    [
        (b"", b""),
        (LINE, b"x"),
        (LINE, b"X-Drip: drip\r\n"),
        (POST + b"Content-Length: 100000\r\n\r\n", b"x"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (LINE + b"Upgrade: websocket\r\nConnection: Upgrade\r\n", b"x"),
    ],
    ids=["silence", "a header's bytes", "headers", "body", "chunks", "a socket's handshake"],
)
def test_slow_request_is_cut(server_with_short_deadlines, begun, drip):
    with closing(open_connection(server_with_short_deadlines.url)) as connection:
        connection.sendall(begun)
        assert is_cut(connection, drip)


def test_slow_request_after_a_quick_one_is_cut(server_with_short_deadlines):
    with closing(open_connection(server_with_short_deadlines.url)) as connection:
        connection.sendall(LINE + b"\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
        connection.sendall(LINE)
        assert is_cut(connection, b"x")


def test_connection_stays_open_between_requests(server_with_short_deadlines):
    with closing(open_connection(server_with_short_deadlines.url)) as connection:
        for pause_s in (2 * DEADLINE_S, 0):
            connection.sendall(LINE + b"\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
            time.sleep(pause_s)


def test_open_sockets_are_not_cut(server_with_short_deadlines):
    report = server_with_short_deadlines.simulate("--students", "2", "--seconds", str(4 * DEADLINE_S))
    assert report["analysed"] > 0
    assert report["reconnects"] == 0


def test_others_are_answered_while_a_thousand_slow_connections_are_open(server_with_short_deadlines):
    url = server_with_short_deadlines.url
    with ExitStack() as slow:
        for _ in range(1000):
            slow.enter_context(closing(open_connection(url))).sendall(LINE)
        with urllib.request.urlopen(f"{url}/accounts/login/", timeout=PATIENCE_S) as answer:
            assert answer.status == 200


@pytest.mark.slow
def test_web_process_may_open_as_many_files_as_it_can_be_allowed():
    code = "import config.asgi, resource; print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)),
    )
    assert done.stdout.split() == [str(hard), str(hard)], done.stderr
