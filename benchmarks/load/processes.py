"""CPU and memory of the product's processes and of this program, read from the system while they run."""

import contextlib
import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

GENERATOR = "generator"
WEB_SERVERS = {"daphne", "uvicorn", "gunicorn"}
MEGABYTE = 1e6


@dataclass
class Usage:
    """CPU seconds and peak memory of each kind of process since the step began."""

    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    rss: dict[str, float] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    processes: dict[str, int] = field(default_factory=dict)

    def as_dict(self, seconds: float) -> dict[str, Any]:
        """`cpu` is in cores; `rss_mb` adds up the processes of a kind, so pages they share count more than once."""
        return {
            "cpu": {kind: round(used / seconds, 3) for kind, used in sorted(self.cpu_s.items())},
            "rss_mb": _megabytes(self.rss),
            "largest_rss_mb": _megabytes(self.largest),
            "processes": dict(sorted(self.processes.items())),
        }


class Meter:
    """Finds the processes of each kind and adds up their usage.

    given: process ids by kind; their descendants count with them. Without any, all of this machine's processes are
    recognised by their command lines, so two servers on one machine cannot be told apart.
    """

    def __init__(self, given: dict[str, list[int]]) -> None:
        self.given = {pid: kind for kind, pids in given.items() for pid in pids}
        self.usage = Usage()
        self.rss: dict[str, float] = {}
        self._members: list[tuple[str, psutil.Process]] = []
        self._cpu_s: dict[psutil.Process, float] = {}

    def begin(self) -> None:
        """Find the processes again, and start counting now."""
        self.find()
        self.sample()
        self.usage = Usage()
        self.sample()

    def find(self) -> None:
        """Find the processes. Called repeatedly, for a worker's new child or the database's new connection."""
        running = {process.pid: process for process in psutil.process_iter(["ppid", "cmdline"])}
        kinds = {pid: process_kind(process.info["cmdline"] or []) for pid, process in running.items()}
        roots = self.given or {pid: kind for pid, kind in kinds.items() if kind}
        roots = {**roots, os.getpid(): GENERATOR}
        inherited = ((_inherited_kind(pid, running, roots), process) for pid, process in running.items())
        self._members = [(kind, process) for kind, process in inherited if kind]

    def sample(self) -> None:
        """Add the usage since the last sample."""
        rss: defaultdict[str, float] = defaultdict(float)
        largest: defaultdict[str, float] = defaultdict(float)
        count: defaultdict[str, int] = defaultdict(int)
        for kind, process in self._members:
            with contextlib.suppress(psutil.Error), process.oneshot():
                times = process.cpu_times()
                cpu_s = times.user + times.system
                self.usage.cpu_s[kind] += cpu_s - self._cpu_s.get(process, cpu_s)
                self._cpu_s[process] = cpu_s
                memory = process.memory_info().rss
                rss[kind] += memory
                largest[kind] = max(largest[kind], memory)
                count[kind] += 1
        self.rss = dict(rss)
        _raise_to(self.usage.rss, rss)
        _raise_to(self.usage.largest, largest)
        _raise_to(self.usage.processes, count)

    def server_versions(self) -> dict[str, str]:
        """The versions of the running database and Redis programs."""
        versions = {}
        for kind, process in self._members:
            if kind in ("postgres", "redis") and f"{kind} server" not in versions:
                with contextlib.suppress(psutil.Error, OSError):
                    command = [process.exe(), "--version"]
                    done = subprocess.run(command, capture_output=True, text=True, timeout=10)
                    numbers = (word for word in done.stdout.split() if word[0].isdigit())
                    versions[f"{kind} server"] = next(numbers, "unknown")
        return versions


def process_kind(command: list[str]) -> str | None:
    """Return which part of the product a command line starts, or None for any other program."""
    names = {Path(word).name for word in command[:3]}
    if "keep" in names:  # only the supervisor of a process that is counted itself
        return None
    if "celery" in names:
        return next((kind for kind in ("worker", "beat") if kind in command), None)
    if names & WEB_SERVERS or "scripts/web" in " ".join(command[:2]):
        return "web"
    # These two put their activity in their title: "postgres: writer", "redis-server *:6379".
    title = Path(command[0].split(" ")[0]).name.rstrip(":") if command else ""
    return {"postgres": "postgres", "redis-server": "redis"}.get(title)


def _inherited_kind(pid: int | None, running: dict[int, psutil.Process], roots: dict[int, str]) -> str | None:
    """Return the kind of the process, or that of its nearest ancestor with one."""
    while pid in running:
        if pid in roots:
            return roots[pid]
        pid = running[pid].info["ppid"]
    return None


def _raise_to(greatest: dict[str, Any], now: dict[str, Any]) -> None:
    for kind, value in now.items():
        greatest[kind] = max(greatest.get(kind, 0), value)


def _megabytes(sizes: dict[str, float]) -> dict[str, float]:
    return {kind: round(size / MEGABYTE, 1) for kind, size in sorted(sizes.items())}
