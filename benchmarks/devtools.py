"""Chromium through its own protocol: Playwright makes each page keep what it has received, which costs memory."""

import itertools
import json
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from websockets.sync.client import ClientConnection, connect

from tests.browser.fake_camera import launch_options, required_chromium

STOP_S = 30
ADDRESS = re.compile(r"ws://\S+")


class ProtocolError(RuntimeError):
    """Chromium refused a command."""


class Tab:
    """A page of a browser."""

    def __init__(self, browser: "Chromium") -> None:
        self._browser = browser
        target = browser.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = browser.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]

    def send(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._browser.send(method, parameters, self._session)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited if it is a promise. Raises ProtocolError."""
        options = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.send("Runtime.evaluate", options)
        if "exceptionDetails" in answer:
            raise ProtocolError(answer["exceptionDetails"])
        return answer["result"].get("value")


class Chromium:
    """A running browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    def send(self, method: str, parameters: dict[str, Any] | None = None, session: str = "") -> dict[str, Any]:
        """Return the result of a command. Raises ProtocolError."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters or {}}
        self._socket.send(json.dumps(command | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:  # the rest are events
                if "error" in answer:
                    raise ProtocolError(f"{method}: {answer['error']}")
                return answer["result"]

    def renderers(self) -> list[int]:
        """Return the ids of the processes that run pages."""
        found = self.send("SystemInfo.getProcessInfo")["processInfo"]
        return [each["id"] for each in found if each["type"] == "renderer"]


@contextmanager
def headless_chromium(*flags: str) -> Iterator[Chromium]:
    """Launch a browser with an empty profile for the duration of the context."""
    path = required_chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        own = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        command = [path, *launch_options(path, *flags)["args"], *own, "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            with connect(_address(cast(IO[str], process.stderr)), max_size=None, proxy=None) as socket:
                yield Chromium(socket)
        finally:
            process.terminate()
            process.wait(STOP_S)


def _address(output: IO[str]) -> str:
    """Return the address that the browser prints, and keep reading, so that it never waits for us."""
    for line in output:
        if found := ADDRESS.search(line):
            threading.Thread(target=output.read, daemon=True).start()
            return found[0]
    raise RuntimeError("Chromium ended before it told its address.")
