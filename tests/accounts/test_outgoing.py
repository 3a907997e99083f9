"""Requests to addresses that people entered do not reach private networks or read endless answers."""

import datetime
import itertools
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accounts import outgoing
from accounts.outgoing import MAX_ANSWER_BYTES, AnswerTooLong, PublicSession, is_allowed_target, is_public
from tests.classroom.webhook_target import listening


class Site(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = b"x" * (MAX_ANSWER_BYTES + 1) if self.path == "/long" else b"hello"
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", "ftp://127.0.0.1/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Say nothing."""


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Site.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("url", "public", "private"),
    [
        ("https://lms.example/keys", True, True),
        ("https://lms.example:8443/keys", True, True),
        ("http://lms.example/keys", False, True),
        ("ftp://lms.example/keys", False, False),
        ("file:///etc/passwd", False, False),
        ("https://", False, False),
        ("https://name@lms.example/", False, False),
        ("https://lms.example:port/", False, False),
        ("https://[::1", False, False),
        ("", False, False),
    ],
)
def test_address_must_have_the_form_of_one_that_may_be_asked(settings, url, public, private):
    for allowed, expected in ((False, public), (True, private)):
        settings.PRIVATE_TARGETS_ALLOWED = allowed
        assert is_allowed_target(url) == expected


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "2130706433"),  # noqa: S104
    ],
)
def test_private_address_is_not_connected_to(host):
    with (
        PublicSession() as session,
        pytest.raises(requests.ConnectionError, match=r"is not a public address|has no address"),
    ):
        session.get(f"https://{host}/")


def test_plain_http_is_refused_before_connecting(site):
    with PublicSession() as session, pytest.raises(requests.exceptions.InvalidURL):
        session.get(site)
    assert Site.asked == []


def test_private_address_is_asked_where_that_is_allowed(site, settings):
    settings.PRIVATE_TARGETS_ALLOWED = True
    with PublicSession() as session:
        assert session.get(f"{site}/keys").text == "hello"


def test_redirect_is_checked_like_any_address(site, settings):
    settings.PRIVATE_TARGETS_ALLOWED = True
    with (
        PublicSession() as session,
        pytest.raises(requests.exceptions.InvalidURL, match=r"ftp://127\.0\.0\.1/ may not be asked"),
    ):
        session.get(f"{site}/away")


def test_answer_without_end_is_not_read_to_its_end(site, settings):
    settings.PRIVATE_TARGETS_ALLOWED = True
    with PublicSession() as session, pytest.raises(AnswerTooLong):
        session.get(f"{site}/long")


@pytest.mark.parametrize("address", ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_on_the_public_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"),  # noqa: S104
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"),
        *("::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:7f00:1::", "2001:db8::1"),
    ],
)
def test_other_addresses_and_detours_to_them_are_not(address):
    assert not is_public(address)


def answers(monkeypatch, name: str, *addresses: str) -> list[str]:
    """The name resolves to the first address at first, then to the next one. Returns the names that were looked up."""
    asked: list[str] = []
    resolve, given = socket.getaddrinfo, itertools.cycle(addresses)

    def changing(host, port, *args, **kwargs):
        if host == name:
            asked.append(host)
            host = next(given)
        return resolve(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    return asked


def test_name_with_one_private_address_is_not_connected_to(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with PublicSession() as session, pytest.raises(requests.ConnectionError, match="is not a public address"):
        session.get("https://mixed.example/")


def test_connection_goes_to_the_address_that_was_checked(site, settings, monkeypatch):
    """A name server may give a public address to the check, and a private one to the connection."""
    settings.PRIVATE_TARGETS_ALLOWED = True
    asked = answers(monkeypatch, "rebinding.example", "127.0.0.1", "127.0.0.2")
    with PublicSession() as session:
        assert session.get(f"{site.replace('127.0.0.1', 'rebinding.example')}/keys").text == "hello"
    assert asked == ["rebinding.example"]


def test_second_address_is_tried_when_the_first_refuses(site, settings, monkeypatch):
    settings.PRIVATE_TARGETS_ALLOWED = True
    port = int(site.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("127.0.0.9", "127.0.0.1")]
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *args, **kw: found if host == "two.example" else resolve(host, *args, **kw)
    )
    with PublicSession() as session:
        assert session.get(f"http://two.example:{port}/keys").text == "hello"


def test_body_of_a_redirect_is_not_read(settings):
    """Here it never ends."""
    settings.PRIVATE_TARGETS_ALLOWED = True
    head = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9999\r\n\r\n"
    with dripping(head) as url, PublicSession() as session:
        assert session.get(url, allow_redirects=False).status_code == 302


@pytest.mark.parametrize(
    ("scheme", "head"),
    [("http", b"HTTP/1.1 200 OK\r\nX: "), ("https", b"\x16\x03\x03\x40\x00")],
    ids=["headers", "tls"],
)
def test_server_that_sends_single_bytes_is_cut_off(settings, monkeypatch, scheme, head):
    """It sends often enough to avoid the timeout of each step."""
    settings.PRIVATE_TARGETS_ALLOWED = True
    monkeypatch.setattr(outgoing, "DEADLINE_S", 0.5)
    with (
        dripping(head) as url,
        PublicSession() as session,
        pytest.raises(requests.Timeout),
    ):
        session.get(url.replace("http", scheme, 1))


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """A server that starts with these bytes and then sends one byte at a time."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _address = listener.accept()
            with connection:
                try:
                    connection.sendall(head)
                    while not stop.wait(0.05):
                        connection.sendall(b"x")
                except OSError:
                    return  # the other side has closed the connection

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            stop.set()
            thread.join()


@pytest.fixture
def certificate(tmp_path):
    """A self-signed certificate for localhost and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime.timedelta(days=1)
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - day)
        .not_valid_after(today + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    return file


@pytest.mark.parametrize(
    ("host", "is_trusted", "fault"),
    [("localhost", True, None), ("localhost", False, "self-signed certificate"), ("127.0.0.1", True, "127.0.0.1")],
    ids=["valid", "unknown", "of another host"],
)
def test_certificate_must_be_trusted_and_the_hosts(certificate, settings, monkeypatch, host, is_trusted, fault):
    settings.PRIVATE_TARGETS_ALLOWED = True
    answers(monkeypatch, "localhost", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(context) as target, PublicSession() as session:
        if is_trusted:
            session.verify = str(certificate)
        if fault:
            with pytest.raises(requests.exceptions.SSLError, match=fault):
                session.post(f"https://{host}:{target.port}/", data=b"")
        else:
            assert session.post(f"https://{host}:{target.port}/", data=b"").status_code == 204
