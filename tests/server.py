"""The product in a separate process, embedded as by default, for tests that need the real thing."""

import io
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

ROOT = Path(__file__).resolve().parent.parent
START_S = 60
BUSY_S = 30
DATABASE = "db.sqlite3"
P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Server:
    url: str
    password: str
    env: dict[str, str]
    log: Path
    pid: int

    def manage(self, *command: str) -> subprocess.CompletedProcess:
        """Run a management command against the server's database."""
        return subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=240
        )

    def count(self, query: str) -> int:
        """Return the number that a query gives on the server's database."""
        # Close it at once: a connection left open loses its locks when another test reads the file.
        with closing(sqlite3.connect(self.env["SQLITE_PATH"])) as database:
            return database.execute(query).fetchone()[0]

    def call(self, function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Return what the function returns with the models on the server's database."""
        return _in_thread(_call_on_database, self.env["SQLITE_PATH"], function, *args, **kwargs)

    def execute(self, statement: str) -> None:
        """Change the server's database while it is served."""
        with closing(sqlite3.connect(self.env["SQLITE_PATH"], timeout=BUSY_S)) as database, database:
            database.execute(statement)

    def simulate(self, *options: str) -> dict:
        """Simulate a class on the server and return its figures. Raises CommandError."""
        return json.loads(self.simulation_output("--url", self.url, "--json", *options))

    def simulation_output(self, *options: str) -> str:
        """Return what the command prints. Raises CommandError."""
        from django.core.management import call_command  # noqa: PLC0415  # scripts/screenshots runs without Django

        output = io.StringIO()
        _in_thread(call_command, "simulate_class", *options, stdout=output, stderr=io.StringIO())
        return output.getvalue()


def _in_thread(function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Call the function in a thread of this process: starting another process takes seconds, and this thread may have
    an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *args, **kwargs).result()


def _call_on_database(path: str, function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    from django.db import connection  # noqa: PLC0415  # scripts/screenshots runs without Django

    connection.settings_dict = {**connection.settings_dict, "NAME": path}  # this thread's connection, not used yet
    connection.ensure_connection = lambda: None  # pytest-django's raises if a test has no database
    connection.connect()
    try:
        return function(*args, **kwargs)
    finally:
        connection.close()


def make_demo(folder: Path, migrated: Path) -> Path:
    """Make the database of the demo course in `folder`, from a migrated one, and return the folder."""
    folder.mkdir(exist_ok=True)
    shutil.copy(migrated, folder / DATABASE)
    _manage("create_demo", "--password-file", str(folder / "password"), env=_environment(folder / DATABASE))
    return folder


def migrate(database: Path) -> None:
    _manage("migrate", "-v0", env=_environment(database))


def static_files(folder: Path) -> dict[str, str]:
    """The settings of a server for what `collect_static` has put into the folder."""
    return {"STATIC_HASHED": "1", "STATIC_ROOT": str(folder)}


def collect_static(folder: Path) -> None:
    _manage("collectstatic", "-v0", "--noinput", env={**os.environ, **static_files(folder)})


def _manage(*command: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, capture_output=True)


def running_server(folder: Path, demo: Path, **settings: str):
    """Start a server on a copy of the demo in `folder`; a generator for a fixture, which stops it at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = _environment(folder / DATABASE) | {"SNAPSHOT_INTERVAL_MS": "500", "SITE_URL": url, **settings}
    shutil.copy(demo / DATABASE, folder)
    log = folder / "server.log"
    process = start_daphne(url, env, log)
    try:
        yield Server(url, (demo / "password").read_text().strip(), env, log, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _environment(database: Path) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return env | {"SQLITE_PATH": str(database)}


def start_daphne(url: str, env: dict[str, str], log: Path) -> subprocess.Popen:
    """Start a web process at the address and return it once it answers."""
    options = ["-b", "127.0.0.1", "-p", url.rpartition(":")[2], "--no-server-name"]
    daphne = [sys.executable, "-m", "daphne", *options, "config.asgi:application"]
    with log.open("ab") as output:
        process = subprocess.Popen(daphne, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(url, process, log)
    except BaseException:
        process.kill()
        raise
    return process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"The server did not answer within {START_S} s:\n{log.read_text()}")
