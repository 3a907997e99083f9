"""A live page for this machine only: the annotated frames as motion JPEG, which every browser shows in an <img>."""

import threading
from http import HTTPStatus
from http.client import HTTP_PORT
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from emotions.video.watch import FrameResult

LOOPBACK = "127.0.0.1"
JPEG_QUALITY = 80
BOUNDARY = "frame"
# A viewer that reads nothing for this long is disconnected.
VIEWER_TIMEOUT_S = 10.0

PAGE = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Attune: live view</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/view.css">
<img src="/stream.mjpeg" alt="The camera's picture, with a box and the expression at each face">
</html>
"""
STYLE = b"""html { color-scheme: dark; background: #14171c; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
img { max-width: 100vw; max-height: 100vh; min-width: min(100vw, 40rem); }
"""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'",
    # Without this, any web page could show the picture in its own <img>.
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class LivePage:
    """Serves the latest frame to any number of viewers, from its creation until it is closed.

    port: 0 for any free port. Raises OSError if it is taken.
    """

    def __init__(self, port: int) -> None:
        self._latest = _Latest()
        try:
            self._server = _Server((LOOPBACK, port), _Handler)
        except OSError as error:
            raise OSError(f"The live page cannot have port {port}: {error.strerror}.") from error
        self._server.latest = self._latest
        self._thread = threading.Thread(target=self._server.serve_forever, name="live-page", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._server.server_port}/"

    def write(self, result: FrameResult) -> None:
        _, data = cv2.imencode(".jpg", result.annotated, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        self._latest.put(data.tobytes())

    def close(self) -> None:
        """End the stream of every viewer and free the port."""
        self._latest.end()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Latest:
    """The newest JPEG, for threads that wait for one they have not sent yet."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._jpeg = b""
        self._ended = False

    def put(self, jpeg: bytes) -> None:
        with self._changed:
            self._number, self._jpeg = self._number + 1, jpeg
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def after(self, number: int) -> tuple[int, bytes] | None:
        """Wait for a JPEG newer than `number`; returns its number and the JPEG, or None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._number > number)
            return None if self._ended else (self._number, self._jpeg)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    latest: _Latest


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = VIEWER_TIMEOUT_S

    def do_GET(self) -> None:
        # A foreign host name that resolves to this machine would give the picture to the page that uses it.
        port = self.server.server_port
        hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}"}
        if port == HTTP_PORT:  # browsers leave out the default port
            hosts |= {LOOPBACK, "localhost"}
        if self.headers.get("Host") not in hosts:
            self.send_error(HTTPStatus.FORBIDDEN, "Open this page as 127.0.0.1")
        elif self.path == "/":
            self._answer("text/html; charset=utf-8", PAGE)
        elif self.path == "/view.css":
            self._answer("text/css", STYLE)
        elif self.path == "/stream.mjpeg":
            self._stream()
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the terminal belongs to the command."""

    def _answer(self, content_type: str, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        number = 0
        try:
            while (newer := self.server.latest.after(number)) is not None:
                number, jpeg = newer
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
        except (ConnectionError, TimeoutError):
            # The viewer closed the page or went to sleep.
            self.close_connection = True
