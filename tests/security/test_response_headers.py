import re
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.config.test_services_settings import settings_of
from tests.server import ROOT

PATHS = ["/healthz", "/accounts/login/", "/static/css/base.css", "/no-such-page"]


def response_headers(url: str, path: str, *lines: str) -> dict[str, str]:
    address = urlsplit(url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=20)) as connection:
        request = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {address.netloc}", *lines, "", ""])
        connection.sendall(request.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            assert part, head
            head += part
    names_and_values = (line.split(": ", 1) for line in head.split(b"\r\n\r\n")[0].decode().splitlines()[1:])
    return {name.lower(): value for name, value in names_and_values}


@pytest.mark.parametrize("path", PATHS)
def test_response_allows_the_camera_for_the_site_alone_and_no_other_device(server, path):
    policy = response_headers(server.url, path)["permissions-policy"].split(", ")
    assert {"camera=(self)", "publickey-credentials-get=(self)"} <= set(policy)
    assert {"microphone=()", "geolocation=()", "display-capture=()", "usb=()"} < set(policy)


@pytest.mark.parametrize("path", PATHS)
def test_response_is_not_for_other_sites(server, path):
    assert response_headers(server.url, path)["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_response_does_not_name_the_server(server, path):
    assert "server" not in response_headers(server.url, path)


def test_refused_socket_does_not_name_the_server(server):
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    assert "server" not in response_headers(server.url, "/ws/session/1/", *upgrade, key, "Origin: http://other.example")


@pytest.mark.parametrize("file", ["Makefile", "Procfile", "scripts/web"])
def test_every_start_of_daphne_leaves_the_server_s_name_out(file):
    starts = re.findall(r".*websocket-max-message-size.*", (ROOT / file).read_text())
    assert len(starts) == 1
    assert "--no-server-name" in starts[0]


@pytest.mark.parametrize(("env", "preload"), [({}, False), ({"HSTS_PRELOAD": "1"}, True)], ids=["default", "by choice"])
def test_https_is_required_for_a_year_and_preloaded_by_choice(env, preload):
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    assert settings_of(*names, HTTPS="1", **env) == [31_536_000, True, preload]
