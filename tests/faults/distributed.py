"""The distributed product, as `make run-distributed` starts it, on its own servers, which tests can kill."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import redis

from classroom.infra.process_registry import REPORTS
from tests.faults.network import SlowNetwork
from tests.server import ROOT, free_port, wait_for

# Not in pytest's folder, because the user that runs Postgres may not enter it.
FOLDER = ROOT / "var" / f"services-faults{os.environ.get('PYTEST_XDIST_WORKER', '')}"
CANNOT_INSTALL = 3


class NoServices(Exception):
    pass


def services(*arguments: str) -> str:
    command = [sys.executable, "scripts/services", "--folder", str(FOLDER), "--throwaway", *arguments]
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    if done.returncode == CANNOT_INSTALL:
        raise NoServices(done.stderr)
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Distributed:
    """Two web processes and a worker with two children, on a Postgres and a Redis reached through `network`."""

    url: str
    manager: psutil.Process
    network: SlowNetwork
    addresses: dict[str, str]
    log: Path

    @property
    def web_processes(self) -> list[psutil.Process]:
        return self._processes("scripts/web")

    @property
    def worker(self) -> psutil.Process | None:
        """The worker's main process."""
        return next(iter(self._processes("worker")), None)

    @property
    def worker_children(self) -> set[int]:
        return {child.pid for child in self.worker.children()} if self.worker else set()

    def open_sockets(self) -> Counter[int]:
        """Return how many sockets each process last reported, by its pid."""
        count: Counter[int] = Counter()
        with self.redis() as redis:
            for process, report in redis.hgetall(REPORTS).items():
                samples = [sample for family in json.loads(report)["figures"] for sample in family["samples"]]
                count[int(process.split(b":")[-1])] = sum(n for name, _, n in samples if name == "attune_sockets_open")
        return count

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.addresses["REDIS_URL"])

    def postgres(self) -> psycopg.Connection:
        return psycopg.connect(self.addresses["DATABASE_URL"].replace("postgres://", "postgresql://"))

    def _processes(self, *words: str) -> list[psutil.Process]:
        """The processes that scripts/keep started and whose command has these words."""
        keepers = [each for each in self.manager.children(recursive=True) if _command(each)[1:2] == ["scripts/keep"]]
        kept = [child for keeper in keepers for child in keeper.children()]
        return [child for child in kept if set(words) <= set(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def running_distributed(folder: Path):
    """Start everything; a generator for a fixture, which stops it at the end. Raises NoServices."""
    addresses = dict(line.split("=", 1) for line in services("start").splitlines())
    try:
        yield from _product(folder, addresses)
    finally:
        services("stop")


def _product(folder: Path, addresses: dict[str, str]):
    network = SlowNetwork()
    port = free_port()
    env = {**os.environ, **{name: _through(network, url) for name, url in addresses.items()}}
    env |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "WEB_PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    env |= {"WORKER_PROCESSES": "2", "SIMULATION_ALLOWED": "1", "SNAPSHOT_INTERVAL_MS": "500", "SITE_URL": url}
    env |= {"BEAT_SCHEDULE_FILE": str(folder / "beat")}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    log = folder / "log"
    honcho = [sys.executable, "-m", "honcho", "-f", "Procfile.local", "start", "-c", "web=2"]
    with log.open("wb") as output:
        process = subprocess.Popen(honcho, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(url, process, log)
        yield Distributed(url, psutil.Process(process.pid), network, addresses, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _through(network: SlowNetwork, url: str) -> str:
    start, _, rest = url.rpartition(":")
    port, slash, name = rest.partition("/")
    return f"{start}:{network.to(int(port))}{slash}{name}"


def recorded_pid(service: str) -> int:
    return json.loads((FOLDER / f"{service}.json").read_text())["pid"]
