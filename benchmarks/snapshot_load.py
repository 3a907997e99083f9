"""How many snapshots a running server handles: real WebSocket clients, real JPEG faces, steps of load.

    .venv/bin/python benchmarks/snapshot_load.py --url http://127.0.0.1:8000 --students 25,50,100,200 --seconds 60

With --on-device, each step is measured twice: with whole frames, then with only faces, cut out beforehand by the
server's own code as students' browsers would.

The server must run on this machine with SIMULATION_ALLOWED on; SIMULATION_TOKEN_FILE names its token if it runs from
another folder. Several `--url` are web processes of one server; the first is its SITE_URL. Prints a table, or JSON with
--json; --markdown FILE writes a page and a plot next to it. The memory and CPU of the server's processes are read from
the system. They are recognised by command line or named with --pids.
"""

import argparse
import asyncio
import itertools
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.load import report
from benchmarks.load.ledger import Ledger
from benchmarks.load.people import Register
from benchmarks.load.processes import GENERATOR, MEGABYTE, Meter
from benchmarks.load.school import ARRIVALS_S, Crowd, Seats, signed_in
from benchmarks.program import run_program
from classroom.simulation.browser import SimulationFailed
from classroom.simulation.on_device import faces_alone
from emotions.management.options import not_negative, positive
from emotions.synthetic.webcam import webcam_frames

FRAMES = 64
LAST_ANSWERS_S = 5.0
POLL_S = 0.1
# Updates gather changes, so the last tile may arrive a little after the student's result.
TEACHERS_LAG_S = 1.0
SAMPLE_S = 1.0
FIND_EVERY = 5
IDLE_S = 5.0


@dataclass(frozen=True)
class Load:
    """The parameters of a run, from the command line."""

    urls: Sequence[str]
    steps: Sequence[int]
    seconds: float
    settle_s: float
    class_size: int
    idle_sockets: int
    soak: int
    frames: Sequence[bytes]
    # The same without the rooms; empty unless these are measured, too.
    faces: Sequence[bytes]
    pids: dict[str, list[int]]
    log: Callable[[str], None]


class Run:
    """One run against one server: the crowd grows from step to step."""

    def __init__(self, load: Load, seats: Seats, http: aiohttp.ClientSession) -> None:
        self.load = load
        self.register = Register(http)
        self.crowd = Crowd(seats, self.register, load.frames)
        self.meter = Meter(load.pids)

    async def step(self, students: int, pictures: str = "frames") -> dict[str, Any]:
        """Measure one step of load, with one of report.PICTURES, and return its figures."""
        self.load.log(f"{students} students for {self.load.seconds:g} s, sending {report.PICTURES[pictures]} …")
        self.register.frames = self.load.faces if pictures == "faces" else self.load.frames
        await self._settle(students)
        ledger = self._begin()
        until = time.perf_counter() + self.load.seconds
        seconds = await self._sample_until(lambda: time.perf_counter() >= until)
        usage = self.meter.usage.as_dict(seconds)
        for _ in range(int(LAST_ANSWERS_S / POLL_S)):
            if ledger.unanswered:
                await asyncio.sleep(POLL_S)
        await asyncio.sleep(TEACHERS_LAG_S)
        return {"students": students, "pictures": pictures, **ledger.as_dict(seconds), **usage}

    async def soak(self, students: int) -> dict[str, Any]:
        """Measure the memory of each kind of process while `load.soak` snapshots are analysed."""
        self.load.log(f"{self.load.soak} snapshots by {students} students …")
        await self._settle(students)
        ledger = self._begin()
        memory: list[dict[str, float]] = []
        seconds = await self._sample_until(lambda: ledger.analysed >= self.load.soak, memory)
        kinds = sorted(set(memory[-1]) - {GENERATOR})
        figures = ledger.as_dict(seconds)
        return {"students": students, **figures, "rss_mb": {kind: drift([at[kind] for at in memory]) for kind in kinds}}

    async def idle(self) -> dict[str, Any]:
        """Measure the web processes' memory with `load.idle_sockets` sockets that send nothing."""
        sockets = self.load.idle_sockets
        self.load.log(f"{sockets} idle sockets …")
        ledger = self._begin()
        before = self._web_mb()
        await self.crowd.sit_idle(sockets)
        await asyncio.sleep(IDLE_S)
        self.meter.sample()
        memory = {"before": before, "after": self._web_mb()}
        figures = {"sockets": sockets, "web_rss_mb": memory, "disconnects": ledger.disconnects.total()}
        await self.crowd.leave()
        return {**figures, "processes": self.meter.usage.processes.get("web", 0)}

    async def _settle(self, students: int) -> None:
        await self.crowd.grow(students)
        await asyncio.sleep(self.load.settle_s)

    def _begin(self) -> Ledger:
        self.meter.begin()
        self.register.ledger = Ledger()
        return self.register.ledger

    async def _sample_until(self, is_over: Callable[[], bool], memory: list[dict[str, float]] | None = None) -> float:
        """Sample the processes once a second until `is_over`. Return the seconds it took."""
        began = time.perf_counter()
        pause_s = min(SAMPLE_S, self.load.seconds)
        samples = itertools.count(1)
        while not is_over():
            due = time.perf_counter() + pause_s
            await asyncio.sleep(pause_s)
            self.register.ledger.lags_ms.append((time.perf_counter() - due) * 1000)
            self.crowd.check()
            if next(samples) % FIND_EVERY == 0:
                self.meter.find()
            self.meter.sample()
            if memory is not None:
                memory.append(self.meter.rss)
        seconds = time.perf_counter() - began
        # Snapshots sent after this belong to no step.
        self.register.ledger = Ledger()
        return seconds

    def _web_mb(self) -> float | None:
        size = self.meter.rss.get("web")
        return None if size is None else round(size / MEGABYTE, 1)


def drift(sizes: Sequence[float]) -> dict[str, float]:
    """Return memory in MB after a twentieth of the time and at the end, each the median of a twentieth, and the change
    as a share of the first."""
    width = max(1, len(sizes) // 20)
    start = statistics.median(sizes[width : 2 * width] or sizes)
    end = statistics.median(sizes[-width:])
    return {
        "start": round(start / MEGABYTE, 1),
        "end": round(end / MEGABYTE, 1),
        "drift": round(end / start - 1, 4),
    }


async def measure(load: Load) -> dict[str, Any]:
    """Run everything the load asks for against the server. Raises SimulationFailed."""
    machine = report.machine()
    students = max([*load.steps, load.idle_sockets])
    jar, connector = aiohttp.DummyCookieJar(), aiohttp.TCPConnector(limit=0)
    async with (
        aiohttp.ClientSession(cookie_jar=jar, connector=connector) as http,
        signed_in(load.urls, students, load.class_size, load.log) as seats,
    ):
        run = Run(load, seats, http)
        figures: dict[str, Any] = {}
        if load.idle_sockets:
            figures["idle_sockets"] = await run.idle()
        kinds = ["frames", "faces"] if load.faces else ["frames"]
        figures["steps"] = [await run.step(students, kind) for students in load.steps for kind in kinds]
        if load.soak:
            best = max(figures["steps"], key=lambda step: step["analysed_per_s"])
            figures["soak"] = await run.soak(best["students"])
        await run.crowd.leave()
    return {
        **figures,
        "method": report.METHOD.format(
            frames=len(load.frames),
            arrivals=ARRIVALS_S,
            settle=load.settle_s,
            answers=LAST_ANSWERS_S,
        ),
        "class_size": load.class_size,
        "machine": machine,
        "versions": {**report.versions(), **run.meter.server_versions()},
    }


def main() -> None:
    arguments = parse_arguments()
    # Every student holds a socket open.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    load = make_load(arguments)
    try:
        figures = {"name": arguments.name, **asyncio.run(measure(load))}
    except SimulationFailed as error:
        sys.exit(f"The load could not run: {error}.")
    print(json.dumps(figures) if arguments.json else "\n".join(report.step_table(figures["steps"])))
    if arguments.markdown:
        write_page(figures, arguments.markdown)


def write_page(figures: dict[str, Any], file: Path) -> None:
    plot = file.with_suffix(".png")
    report.draw(figures["steps"], plot)
    file.write_text(report.markdown(figures, plot.name))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", nargs="+", default=["http://127.0.0.1:8000"])
    parser.add_argument("--students", type=_counts, default=[25, 50, 100, 200], help="steps of load, rising")
    parser.add_argument("--seconds", type=positive(float), default=60.0, help="length of each step")
    parser.add_argument(
        "--settle",
        type=not_negative(float),
        default=60.0,
        help="seconds before a step is counted; students who arrive slow everyone down, for a minute or two",
    )
    parser.add_argument("--class-size", type=positive(int), default=50)
    parser.add_argument(
        "--idle-sockets", type=not_negative(int), default=0, help="first open this many sockets without a camera"
    )
    parser.add_argument(
        "--soak",
        type=not_negative(int),
        default=0,
        help="at the end, send this many snapshots at the load of the best step",
    )
    parser.add_argument("--faces", type=Path, help="an image, a folder, a video file or FER-2013's zip")
    parser.add_argument("--on-device", action="store_true", help="measure each step with faces alone, too")
    parser.add_argument("--pids", nargs="+", type=_pid, default=[], metavar="KIND=PID")
    parser.add_argument("--name", default="a running server", help="the report's title")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    return parser.parse_args()


def make_load(arguments: argparse.Namespace) -> Load:
    pids: dict[str, list[int]] = {}
    for kind, pid in arguments.pids:
        pids.setdefault(kind, []).append(pid)
    frames = list(webcam_frames(arguments.faces, FRAMES))
    return Load(
        urls=[url.rstrip("/") for url in arguments.url],
        steps=arguments.students,
        seconds=arguments.seconds,
        settle_s=arguments.settle,
        class_size=arguments.class_size,
        idle_sockets=arguments.idle_sockets,
        soak=arguments.soak,
        frames=frames,
        faces=list(faces_alone(frames)) if arguments.on_device else [],
        pids=pids,
        log=lambda text: print(text, file=sys.stderr, flush=True),
    )


def _counts(text: str) -> list[int]:
    counts = [positive(int)(count) for count in text.split(",")]
    if counts != sorted(set(counts)):
        raise argparse.ArgumentTypeError("the numbers of students must rise: the crowd only grows")
    return counts


def _pid(text: str) -> tuple[str, int]:
    kind, _, pid = text.partition("=")
    return kind, int(pid)


if __name__ == "__main__":
    run_program(main)
