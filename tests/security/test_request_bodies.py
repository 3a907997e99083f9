import http.client
import re
import select
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from classroom.infra.upload_tickets import issue_ticket
from config.body_limit import FORM_BYTES, body_limit

LIMIT = settings.REQUEST_BODY_MAX_BYTES
MIB = 1024 * 1024
GROWTH_MIB = 30


@pytest.fixture
def connection(server):
    address = urlsplit(server.url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=20)) as opened:
        yield opened


def peak_mib(pid: int) -> float:
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def headers(*lines: str) -> bytes:
    return "\r\n".join(["POST /accounts/login/ HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def read_to_the_end(connection: socket.socket) -> bytes:
    answer = b""
    while part := connection.recv(65536):
        answer += part
    return answer


def send_without_end(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def test_declared_gigabyte_is_refused_after_the_headers(server, connection):
    connection.sendall(headers("Content-Length: 1000000000"))
    answer = read_to_the_end(connection)
    assert answer.startswith(b"HTTP/1.1 413 Content Too Large\r\n")
    assert answer.endswith(b"The request is too large.\r\n")


def test_chunked_body_is_refused_beyond_the_limit_and_takes_no_memory(server, connection):
    before = peak_mib(server.pid)
    connection.sendall(headers("Transfer-Encoding: chunked"))
    chunk, sent = b"10000\r\n" + b"x" * 65536 + b"\r\n", 0
    while sent < 256 * MIB and not select.select([connection], [], [], 0)[0]:
        connection.sendall(chunk)
        sent += 65536
    assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
    # A little more than the socket buffers on both sides hold.
    assert LIMIT < sent < 64 * MIB
    assert peak_mib(server.pid) - before < GROWTH_MIB


def test_sender_of_a_large_body_that_reads_only_afterwards_gets_the_answer(server):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    with closing(connection):
        connection.request("POST", "/accounts/login/", body=b"x" * 3 * MIB)
        assert connection.getresponse().status == 413


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize(("size", "status"), [(LIMIT, 403), (LIMIT + 1, 413)], ids=["at the limit", "a byte more"])
def test_body_reaches_the_application_up_to_the_limit(server, size, status, chunked):
    """The application answers 403: the request has no CSRF token."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    with closing(connection):
        body = b"x" * size
        connection.request("POST", "/accounts/login/", iter([body]) if chunked else body, encode_chunked=chunked)
        assert connection.getresponse().status == status


def test_refused_connection_is_cut_while_its_sender_goes_on(connection):
    connection.sendall(headers("Content-Length: 1000000000"))
    assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        send_without_end(connection)


@pytest.mark.parametrize("ticket", ["", "1:x:y", "nonsense"])
def test_upload_without_a_valid_ticket_has_the_limit_of_all_paths(ticket):
    assert body_limit(f"/administration/imports/upload/{ticket}/".encode()) == LIMIT
    assert body_limit(f"/administration/imports/{issue_ticket(1)}/".encode()) == LIMIT


def test_ticket_is_valid_for_an_hour(wall_clock):
    path = f"/administration/imports/upload/{issue_ticket(1)}/".encode()
    assert body_limit(path) == settings.IMPORT_MAX_BYTES + FORM_BYTES
    wall_clock.advance(3601)
    assert body_limit(path) == LIMIT


@pytest.mark.parametrize(("extra", "status"), [(0, 403), (1, 413)], ids=["at the limit", "a byte more"])
def test_upload_with_a_ticket_reaches_the_application_up_to_a_limit_of_its_own(server, extra, status):
    """The ticket is signed with the server's key. The application answers 403, because there is no CSRF token."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
    with closing(connection):
        path = f"/administration/imports/upload/{issue_ticket(1)}/"
        connection.request("POST", path, body=b"x" * (settings.IMPORT_MAX_BYTES + FORM_BYTES + extra))
        assert connection.getresponse().status == status
