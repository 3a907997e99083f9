"""What the product's processes cost, and this program itself, read from the system while they run."""

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
    """CPU seconds and the greatest memory of each kind of process since the step began."""

    cpu_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    rss: dict[str, float] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    processes: dict[str, int] = field(default_factory=dict)

    def as_dict(self, seconds: float) -> dict[str, Any]:
        """`cpu` in cores; `rss_mb` the sum of a kind's processes, so that pages they share count more than once."""
        return {
            "cpu": {kind: round(used / seconds, 3) for kind, used in sorted(self.cpu_s.items())},
            "rss_mb": _megabytes(self.rss),
            "largest_rss_mb": _megabytes(self.largest),
            "processes": dict(sorted(self.processes.items())),
        }


class Meter:
    """Finds the processes of each kind and adds up what they use.

    given: process ids by kind; their descendants count with them. Without any, processes are known by their command
    lines, all of this machine's: two servers on one machine cannot be told apart then.
    """

    def __init__(self, given: dict[str, list[int]]) -> None:
        self.given = given
        self.usage = Usage()
        self.rss: dict[str, float] = {}
        self._members: list[tuple[str, psutil.Process]] = []
        self._cpu_s: dict[psutil.Process, float] = {}

    def begin(self) -> None:
        """Look anew who is there, and count from now on."""
        self.find()
        self.sample()
        self.usage = Usage()
        self.sample()

    def find(self) -> None:
        """Again after a while, for a worker's new child or the database's new connection."""
        there = {process.pid: process for process in psutil.process_iter(["ppid", "cmdline"])}
        roots = self._given() or {pid: kind for pid, process in there.items() if (kind := _kind(_command(process)))}
        roots[os.getpid()] = GENERATOR
        kinds = ((_inherited(process, there, roots), process) for process in there.values())
        self._members = [(kind, process) for kind, process in kinds if kind]

    def sample(self) -> None:
        """Add what was used since the last look."""
        rss, largest, count = defaultdict(float), defaultdict(float), defaultdict(int)
        for kind, process in self._members:
            with contextlib.suppress(psutil.Error), process.oneshot():
                self._add_cpu(kind, process)
                memory = process.memory_info().rss
                rss[kind] += memory
                largest[kind] = max(largest[kind], memory)
                count[kind] += 1
        self.rss = dict(rss)
        _raise_to(self.usage.rss, rss)
        _raise_to(self.usage.largest, largest)
        _raise_to(self.usage.processes, count)

    def servers(self) -> dict[str, str]:
        """What the database and Redis programs say of their version."""
        programs = {}
        for kind, process in self._members:
            if kind in ("postgres", "redis") and f"{kind} server" not in programs:
                with contextlib.suppress(psutil.Error, OSError):
                    programs[f"{kind} server"] = _version(process.exe())
        return programs

    def _add_cpu(self, kind: str, process: psutil.Process) -> None:
        times = process.cpu_times()
        now = times.user + times.system
        self.usage.cpu_s[kind] += now - self._cpu_s.get(process, now)
        self._cpu_s[process] = now

    def _given(self) -> dict[int, str]:
        return {pid: kind for kind, pids in self.given.items() for pid in pids}


def _inherited(process: psutil.Process, there: dict[int, psutil.Process], roots: dict[int, str]) -> str | None:
    """The kind of the process, or of its nearest ancestor that has one."""
    pid: int | None = process.pid
    while pid in there:
        if pid in roots:
            return roots[pid]
        pid = there[pid].info["ppid"]
    return None


def _command(process: psutil.Process) -> list[str]:
    return process.info["cmdline"] or []


def _kind(command: list[str]) -> str | None:
    """Which part of the product a command line starts; None for every other."""
    names = {Path(word).name for word in command[:3]}
    if "keep" in names:  # it only waits for the one it keeps
        return None
    if "celery" in names:
        return next((kind for kind in ("worker", "beat") if kind in command), None)
    if names & WEB_SERVERS or "scripts/web" in " ".join(command[:2]):
        return "web"
    # These two write what they do into their title: "postgres: writer", "redis-server *:6379".
    title = Path(command[0].split(" ")[0]).name.rstrip(":") if command else ""
    return {"postgres": "postgres", "redis-server": "redis"}.get(title)


def _raise_to(greatest: dict[str, Any], now: dict[str, Any]) -> None:
    for kind, value in now.items():
        greatest[kind] = max(greatest.get(kind, 0), value)


def _megabytes(sizes: dict[str, float]) -> dict[str, float]:
    return {kind: round(size / MEGABYTE, 1) for kind, size in sorted(sizes.items())}


def _version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10)
    return next((word for word in done.stdout.split() if word[0].isdigit()), "unknown")
