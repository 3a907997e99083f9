"""Runs servers of several revisions of this repository side by side, each with its own files, database and port."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_S = 90
COLLECTED = ":collected"


@dataclass(frozen=True)
class Server:
    """`name` is what a command line asks for: a revision, or "." for the working tree, and how its files are served."""

    name: str
    url: str
    folder: Path
    env: dict[str, str]
    password: str

    def shell(self, code: str) -> str:
        """Run Python in the server's Django and return what it prints."""
        return _manage(self.folder, self.env, "shell", "-v0", "-c", code)


@contextlib.contextmanager
def serving(name: str) -> Iterator[Server]:
    """Serve a revision with the demo's accounts until the end of the context. Uses this environment's packages."""
    with tempfile.TemporaryDirectory() as scratch, _files(name.removesuffix(COLLECTED), Path(scratch)) as folder:
        url = f"http://127.0.0.1:{_free_port()}"
        password = Path(scratch) / "password"
        env = _environment(url, Path(scratch), is_collected=name.endswith(COLLECTED))
        if name.endswith(COLLECTED):
            _manage(folder, env, "collectstatic", "-v0", "--noinput")
        _manage(folder, env, "migrate", "-v0")
        _manage(folder, env, "create_demo", "--password-file", str(password), "--url", url)
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", url.rpartition(":")[2]]
        with (Path(scratch) / "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "config.asgi:application"], cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            _wait_for(url, process)
            yield Server(name, url, folder, env, password.read_text().strip())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@contextlib.contextmanager
def _files(revision: str, scratch: Path) -> Iterator[Path]:
    if revision == ".":
        yield ROOT
        return
    folder = scratch / "files"
    git = ["git", "-C", str(ROOT), "worktree"]
    if subprocess.run([*git, "add", "--quiet", "--detach", str(folder), revision]).returncode:
        sys.exit(f"There is no revision {revision}.")
    try:
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _environment(url: str, scratch: Path, *, is_collected: bool) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
    return env | {
        "DJANGO_READ_DOT_ENV": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": url,
        "SQLITE_PATH": str(scratch / "db.sqlite3"),
        "STATIC_ROOT": str(scratch / "static"),
        "STATIC_HASHED": "1" if is_collected else "0",
    }


def _manage(folder: Path, env: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server at {url} ended.")
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(url, timeout=5)  # noqa: S310  # our own server
            return
        time.sleep(0.2)
    raise RuntimeError(f"The server at {url} did not answer within {START_S} s.")
