"""The cost of one abusive visitor to eight honest students, on a loopback server, one visitor at a time.

    .venv/bin/python benchmarks/abuse.py --seconds 15

A program rather than a test, because its measurements vary on a machine with other work. For before, during and after
each visitor, it prints the honest students' results per second and their 95th percentile from sending a snapshot to its
tile at the teacher's socket, and how much the server's memory grew. Exits with 1 if a goal is missed. Visitors run in a
separate process, on the same cores as the server.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.load.ledger import Ledger, percentiles
from benchmarks.load.people import Register
from benchmarks.load.school import Crowd, Seats, signed_in
from benchmarks.load.visitors import VISITORS, Target
from emotions.synthetic.webcam import webcam_frames

ROOT = Path(__file__).resolve().parent.parent
HONEST = 8
# The seats of visitors with an account.
ATTACKERS = 2
FRAMES = 32
START_S = 60
SAMPLE_S = 0.1
MEBIBYTE = 2**20
# Goals: the share of results that honest students keep, their p95, and the growth of memory.
KEPT_SHARE = 0.8
P95_MS = 500
GROWTH_MIB = 300


@dataclass(frozen=True)
class Phase:
    per_s: float
    p95_ms: float | None
    peak_mib: float


class Measurement:
    def __init__(self, seats: Seats, register: Register, server: psutil.Process, seconds: float) -> None:
        self.seats = seats
        self.register = register
        self.server = server
        self.seconds = seconds

    async def visitor(self, name: str, url: str) -> tuple[list[Phase], Counter[str]]:
        """Measure before, during and after one visitor."""
        before = await self.phase()
        first, second = self.seats.students[HONEST:]
        ours, theirs = multiprocessing.Pipe()
        arguments = (name, Target(url, (first, second), self.seconds), theirs)
        visitor = multiprocessing.get_context("spawn").Process(target=run_visitor, args=arguments)
        visitor.start()
        theirs.close()  # so that recv() raises EOFError if the visitor fails
        await asyncio.to_thread(ours.recv)  # it has loaded its modules
        during = await self.phase()
        outcomes = await asyncio.to_thread(ours.recv)
        await asyncio.to_thread(visitor.join)
        return [before, during, await self.phase()], outcomes

    async def phase(self) -> Phase:
        ledger = self.register.ledger = Ledger()
        began, peak = time.perf_counter(), 0.0
        while time.perf_counter() - began < self.seconds:
            peak = max(peak, self.server.memory_info().rss / MEBIBYTE)
            await asyncio.sleep(SAMPLE_S)
        seconds = time.perf_counter() - began
        return Phase(ledger.analysed / seconds, percentiles(ledger.to_teacher_ms)["p95"], peak)


def run_visitor(name: str, target: Target, results: Connection) -> None:
    """In a separate process: report readiness, attack, report the outcomes."""
    results.send("ready")
    results.send(asyncio.run(VISITORS[name](target)))


@contextlib.contextmanager
def running_server(database: Path | None) -> Iterator[tuple[str, psutil.Process]]:
    """Start an embedded server with an empty database, or a copy of one, on a free port of the loopback interface."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        url = f"http://127.0.0.1:{port}"
        own = {"SQLITE_PATH": f"{folder}/db.sqlite3", "SIMULATION_ALLOWED": "1", "SITE_URL": url}
        env = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", **own}
        if database:
            shutil.copy(database, own["SQLITE_PATH"])
        else:
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
        options = ["-b", "127.0.0.1", "-p", str(port), "--websocket-max-message-size", "131072", "--no-server-name"]
        command = [sys.executable, "-m", "daphne", *options, "config.asgi:application"]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield url, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(START_S)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(SAMPLE_S)
    sys.exit("The server did not start.")


async def measure(url: str, server: psutil.Process, names: list[str], seconds: float) -> bool:
    """Print a row for each visitor. Return whether all goals are met."""
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=connector) as http,
        signed_in([url], HONEST + ATTACKERS, HONEST + ATTACKERS, lambda text: print(text, file=sys.stderr)) as seats,
    ):
        register = Register(http)
        crowd = Crowd(seats, register, list(webcam_frames(None, FRAMES)))
        await crowd.grow(HONEST)
        measurement = Measurement(seats, register, server, seconds)
        await measurement.phase()  # everything is loaded, and intervals have settled
        print("| visitor | results/s before, during, after | p95 ms before, during, after | memory MiB | what it got |")
        print("| --- | --- | --- | --- | --- |")
        met = [report(name, *await measurement.visitor(name, url)) for name in names]
        crowd.check()
        await crowd.leave()
    return all(met)


def report(name: str, phases: list[Phase], outcomes: Counter[str]) -> bool:
    """Print the row of a visitor. Return whether it meets the goals."""
    before, during, _ = phases
    growth = during.peak_mib - before.peak_mib
    rates = ", ".join(f"{phase.per_s:.1f}" for phase in phases)
    p95s = ", ".join(f"{phase.p95_ms:.0f}" if phase.p95_ms is not None else "none" for phase in phases)
    got = ", ".join(f"{count} × {kind}" for kind, count in outcomes.most_common(4))
    print(f"| {name.replace('_', ' ')} | {rates} | {p95s} | {growth:+.0f} | {got} |", flush=True)
    is_served = during.per_s >= KEPT_SHARE * before.per_s and (during.p95_ms or P95_MS) < P95_MS
    return is_served and growth <= GROWTH_MIB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each phase")
    parser.add_argument("--visitors", nargs="+", choices=VISITORS, default=list(VISITORS))
    parser.add_argument("--database", type=Path, help="an SQLite file of this version to copy; default: an empty one")
    arguments = parser.parse_args()
    # Slow clients hold many connections.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{HONEST} honest students, {arguments.seconds:g} s a phase, load average {os.getloadavg()[0]:.1f}")
    with running_server(arguments.database) as (url, server):
        met = asyncio.run(measure(url, server, arguments.visitors, arguments.seconds))
    sys.exit(0 if met else "A goal was missed.")


if __name__ == "__main__":
    main()
