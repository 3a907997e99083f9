"""Stands in for the software that webhooks notify: an HTTP server that keeps what it gets, and answers as told."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread

Request = tuple[str, dict[str, str], bytes]


class Target:
    """`answers` are the statuses of the next answers; after them, 204. They wait for `may_answer`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[Request] = []
        self.answers: list[int] = []
        self.location = ""
        self.may_answer = Event()
        self.may_answer.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?school=1"


@contextmanager
def listening(context: SSLContext | None = None) -> Iterator[Target]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            target.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            target.may_answer.wait()
            self.send_response(target.answers.pop(0) if target.answers else 204)
            if target.location:
                self.send_header("location", target.location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the output of tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    target = Target(server.server_address[1])
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield target
    finally:
        target.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join()
