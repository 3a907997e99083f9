"""The same load on several ways to run the product, one after another, each on a free port of this machine.

    scripts/services run .venv/bin/python benchmarks/compare_servers.py --students 25,50,100 --seconds 60

Embedded needs no services. The distributed variants need DATABASE_URL and REDIS_URL, and are left out without them.
Each `--also` adds a distributed variant with other settings: `--also "four threads" ANALYSIS_THREADS=4`. Prints the
steps of all variants as a table, or everything as JSON with --json; --markdown FILE writes a page and plots next to it.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.load import report

ROOT = Path(__file__).resolve().parent.parent
START_S = 120
STOP_S = 20
WEB_PROCESSES = 2
BINARIES = Path(sys.executable).parent

DAPHNE = [sys.executable, str(ROOT / "scripts" / "web")]
UVICORN = [
    *(str(BINARIES / "uvicorn"), "config.asgi:application", "--host", "127.0.0.1", "--port", "{port}"),
    *("--workers", str(WEB_PROCESSES), "--ws", "websockets-sansio", "--ws-max-size", "131072"),
    *("--ws-per-message-deflate", "false", "--lifespan", "off", "--no-access-log", "--log-level", "warning"),
]
WORKER = [
    *(str(BINARIES / "celery"), "-A", "config", "worker", "--concurrency", str(os.cpu_count() or 1)),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
]


@dataclass(frozen=True)
class Command:
    kind: str
    words: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """One way to run the product: its processes and their settings."""

    name: str
    commands: list[Command]
    env: dict[str, str]


class VariantFailed(Exception):
    """A variant did not start, or the load could not run against it. The text includes the end of the log."""


def variants(also: list[list[str]]) -> list[Variant]:
    embedded = Variant(
        "embedded, one daphne", [Command("web", DAPHNE)], {"DATABASE_URL": "", "REDIS_URL": "", "SQLITE_PATH": "{db}"}
    )
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        print("DATABASE_URL and REDIS_URL are not both set: only embedded is measured.", file=sys.stderr)
        return [embedded]
    worker = Command("worker", WORKER, {"DATABASE_POOL_SIZE": "0"})
    daphnes = [*[Command("web", DAPHNE)] * WEB_PROCESSES, worker]
    return [
        embedded,
        Variant(f"distributed, {WEB_PROCESSES} daphne", daphnes, {}),
        Variant(f"distributed, {WEB_PROCESSES} uvicorn", [Command("web", UVICORN), worker], {}),
        *(Variant(name, daphnes, dict(each.split("=", 1) for each in settings)) for name, *settings in also),
    ]


def measure(variant: Variant, options: list[str], database: Path | None) -> dict[str, Any]:
    """Start the variant (if embedded, on a copy of the database), run the load, stop it. Raises VariantFailed."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        log = Path(folder) / "log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        own = {key: value.format(db=Path(folder) / "db.sqlite3") for key, value in variant.env.items()}
        url = f"http://127.0.0.1:{port}"
        env = {**os.environ, "SIMULATION_ALLOWED": "1", "PORT": str(port), "SITE_URL": url, **own}
        if database and "SQLITE_PATH" in own:
            shutil.copy(database, own["SQLITE_PATH"])
        else:
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        with log.open("wb") as output:
            processes = stack.enter_context(_running(variant, port, env, output))
            _wait_for(url, [process for _, process in processes], log)
            pids = [f"{kind}={process.pid}" for kind, process in processes] + _services(env)
            load = [sys.executable, "benchmarks/snapshot_load.py", "--url", url, "--name", variant.name, "--json"]
            done = subprocess.run([*load, *options, "--pids", *pids], cwd=ROOT, env=env, stdout=subprocess.PIPE)
        if done.returncode:
            raise VariantFailed(f"{variant.name}: the load failed.\n{_end_of(log)}")
        return json.loads(done.stdout)


@contextlib.contextmanager
def _running(
    variant: Variant, port: int, env: dict[str, str], output: Any
) -> Iterator[list[tuple[str, subprocess.Popen]]]:
    processes = []
    try:
        for command in variant.commands:
            words = [word.format(port=port) for word in command.words]
            process = subprocess.Popen(
                words, cwd=ROOT, env={**env, **command.env}, stdout=output, stderr=subprocess.STDOUT
            )
            processes.append((command.kind, process))
        yield processes
    finally:
        for _, process in processes:
            process.send_signal(signal.SIGTERM)
        for _, process in processes:
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, processes: list[subprocess.Popen], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            break
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=5)  # noqa: S310  # our own address
            return
        time.sleep(0.2)
    raise VariantFailed(f"{url} did not answer.\n{_end_of(log)}")


def _services(env: dict[str, str]) -> list[str]:
    """Return KIND=PID of the Postgres and Redis in use, if they run here and we may look up their ports."""
    ports = {"postgres": _port(env.get("DATABASE_URL", ""), 5432), "redis": _port(env.get("REDIS_URL", ""), 6379)}
    with contextlib.suppress(psutil.AccessDenied):
        listening = {
            each.laddr.port: each.pid
            for each in psutil.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.pid
        }
        return [f"{kind}={listening[port]}" for kind, port in ports.items() if port in listening]
    return []


def _port(url: str, default: int) -> int | None:
    return (urllib.parse.urlsplit(url).port or default) if url else None


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def table(reports: list[dict[str, Any]]) -> list[str]:
    """All steps of all variants, for comparison."""
    head, rule, *_ = report.step_table([])
    rows = (f"| {each['name']} {row}" for each in reports for row in report.step_table(each["steps"])[2:])
    return [f"| variant {head}", f"| --- {rule}", *rows]


def write_page(reports: list[dict[str, Any]], file: Path) -> None:
    """Write one page: all variants in a table, then each with its usage and its plot."""
    parts = []
    for number, each in enumerate(reports, start=1):
        plot = file.with_name(f"{file.stem}-{number}.png")
        report.draw(each["steps"], plot)
        parts.append(f"## {each['name']}\n\n" + report.details(each, plot.name))
    # Embedded uses neither Postgres nor Redis; the last variant has the most versions.
    first = {**reports[0], "versions": reports[-1]["versions"]}
    head = [*report.preface("Servers compared", first), "", *table(reports), ""]
    file.write_text("\n".join([*head, *parts]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--also", action="append", nargs="+", default=[], metavar=("NAME", "SETTING=VALUE"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    embedded = "an SQLite file of this version to copy for embedded; default: an empty database"
    parser.add_argument("--database", type=Path, help=embedded)
    # The remaining options are for snapshot_load.py.
    arguments, options = parser.parse_known_args()
    # Exit on SIGTERM, so that the context managers stop the running processes.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    reports = []
    for variant in variants(arguments.also):
        print(f"{variant.name}:", file=sys.stderr, flush=True)
        try:
            reports.append(measure(variant, options, arguments.database))
        except VariantFailed as error:
            sys.exit(str(error))
    print(json.dumps({"variants": reports}) if arguments.json else "\n".join(table(reports)))
    if arguments.markdown:
        write_page(reports, arguments.markdown)


if __name__ == "__main__":
    main()
