import http.client
import socket

import cv2
import numpy as np
import pytest

from emotions.video.mjpeg import LivePage
from emotions.video.sources import Shot
from emotions.video.watch import FrameResult

SEEN = FrameResult(Shot(np.full((240, 320, 3), 127, np.uint8), 0, 0.0, ""), ())


@pytest.fixture
def page():
    live = LivePage(0)
    yield live
    live.close()


def port_of(page: LivePage) -> int:
    return int(page.url.rstrip("/").rsplit(":", 1)[1])


def get(page: LivePage, path: str, host: str | None = None) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port_of(page), timeout=10)
    connection.request("GET", path, headers={"Host": host} if host is not None else {})
    return connection.getresponse()


@pytest.mark.parametrize("path", ["/", "/view.css", "/stream.mjpeg"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", ""])
def test_the_page_refuses_a_foreign_host(page, path, host):
    assert get(page, path, host.format(port=port_of(page))).status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_page_shows_the_stream(page, name):
    answer = get(page, "/", f"{name}:{port_of(page)}")
    assert answer.status == 200
    assert b'<img src="/stream.mjpeg"' in answer.read()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_stream_is_made_of_jpegs(page):
    page.write(SEEN)
    answer = get(page, "/stream.mjpeg")
    assert answer.headers["Content-Type"] == "multipart/x-mixed-replace; boundary=frame"
    assert answer.readline() == b"--frame\r\n"
    assert answer.readline() == b"Content-Type: image/jpeg\r\n"
    length = int(answer.readline().removeprefix(b"Content-Length: "))
    assert answer.readline() == b"\r\n"
    assert cv2.imdecode(np.frombuffer(answer.read(length), np.uint8), cv2.IMREAD_COLOR).shape == (240, 320, 3)


def test_the_stream_may_not_be_embedded_elsewhere(page):
    page.write(SEEN)
    assert get(page, "/stream.mjpeg").headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_stream_ends_with_the_page(page):
    page.write(SEEN)
    answer = get(page, "/stream.mjpeg")
    answer.readline()
    page.close()
    assert answer.read().endswith(b"\r\n")
    with pytest.raises(ConnectionRefusedError):
        get(page, "/")


def test_other_paths_are_not_found(page):
    assert get(page, "/etc/passwd").status == 404


def test_the_page_listens_on_loopback_only(page):
    assert page._server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        LivePage(taken.getsockname()[1])
