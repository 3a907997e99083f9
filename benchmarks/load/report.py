"""The figures of a load as a Markdown page and a plot."""

import importlib.metadata
import os
import platform
import textwrap
import time
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.machine import cpu_name

PACKAGES = (
    *("django", "channels", "daphne", "uvicorn", "channels_redis", "redis", "celery", "psycopg", "tensorflow"),
    *("opencv-python-headless", "aiohttp"),
)
METHOD = (
    "One program signs students in over HTTP, in classes with a teacher each, and opens a WebSocket for everyone. Each "
    "student answers every credit of the server at once with the next of {frames} prepared snapshots; the server sets "
    "the pace. Students arrive over {arrivals:g} s, then {settle:g} s pass before a step is counted; the load "
    "continues until its last answers arrive. Sent, analysed and shed count the snapshots sent within the step; shed "
    "snapshots were dropped, refused or not answered within {answers:g} s of its end. Latency runs from sending a "
    "snapshot to the arrival of its tile at the teacher's socket, on one clock; the teacher confirms each update at "
    "once, and latency includes the time for which the server gathers changes. Shown: the greatest age of a reading "
    "when it reached the teacher; on screen: its age when a newer one replaced it. CPU is in cores, read from the "
    "system; memory is the peak sum of a kind's processes in the step, in which shared pages count more than once. The "
    "generator's own CPU is listed separately; latencies include its lag, the delay of its timers."
)
# Students send whole frames, or faces that their browsers have cut out.
PICTURES = {"frames": "frames", "faces": "faces alone"}
COLUMNS = (
    *("students", "sent/s", "analysed/s", "shed", "p50 ms", "p95 ms", "p99 ms", "shown, max ms"),
    *("on screen, max ms", "interval ms", "disconnects", "generator's lag, p95 ms", "sent", "bytes"),
)


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load_average": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    """The versions in this program's environment, which is also the server's if both run on one machine."""
    installed = {each.name.lower().replace("_", "-"): each.version for each in importlib.metadata.distributions()}
    found = {package: installed.get(package.replace("_", "-"), "not installed") for package in PACKAGES}
    return {"python": platform.python_version(), **found}


def markdown(figures: dict[str, Any], plot: str) -> str:
    """The page of one run; `plot` is the picture's file name."""
    return "\n".join([*preface(f"Load: {figures['name']}", figures), "", details(figures, plot)])


def preface(title: str, figures: dict[str, Any]) -> list[str]:
    """The title, method, machine and versions."""
    facts = ", ".join(f"{name} {value}" for name, value in figures["versions"].items())
    about = figures["machine"]
    size = f"{about['cores']} cores, {about['memory_gb']} GB"
    return [
        *(f"# {title}", "", _wrapped(f"{time.strftime('%Y-%m-%d')}. {figures['method']}"), ""),
        _wrapped(
            f"Machine: {about['cpu']}, {size}, {about['system']}; load average before the first step "
            f"{about['load_average']}. {facts}."
        ),
    ]


def details(figures: dict[str, Any], plot: str) -> str:
    """The tables of one run."""
    lines = [
        *(f"![Rates, latency and CPU by students]({plot})", "", *step_table(figures["steps"])),
        *("", *_usage_table(figures["steps"], "cpu", "CPU, cores")),
        *("", *_usage_table(figures["steps"], "rss_mb", "memory, MB")),
        *_idle_sockets(figures.get("idle_sockets")),
        *_soak(figures.get("soak")),
    ]
    return "\n".join(lines) + "\n"


def step_table(steps: list[dict[str, Any]]) -> list[str]:
    rows = []
    for step in steps:
        latency, interval = step["latency_ms"], step["interval_ms"]
        span = "" if interval["min"] is None else f"{interval['min']:.0f}–{interval['max']:.0f}"
        rows.append(
            (
                *(step["students"], step["sent_per_s"], step["analysed_per_s"], f"{100 * step['shed_ratio']:.1f} %"),
                *(latency["p50"], latency["p95"], latency["p99"], step["oldest_shown_ms"]),
                *(step["oldest_on_screen_ms"], span, step["disconnects"], step["generator_lag_ms"]["p95"]),
                *(PICTURES[step["pictures"]], step["snapshot_bytes"]),
            )
        )
    return [_row(COLUMNS), _row(["---"] * len(COLUMNS)), *map(_row, rows)]


def draw(steps: list[dict[str, Any]], file: Path) -> None:
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    rates, latency, cpu = figure.subplots(1, 3)
    for pictures, marker in (("frames", "o-"), ("faces", "s:")):
        alike = [step for step in steps if step["pictures"] == pictures]
        if alike:
            _plot(alike, marker, "" if pictures == "frames" else f", {PICTURES[pictures]}", rates, latency, cpu)
    rates.set(title="Snapshots per second", xlabel="students", ylim=(0, None))
    latency.set(title="Sending to the teacher, ms", xlabel="students", yscale="log", ylim=(10, None))
    latency.yaxis.set_major_formatter("{x:g}")
    cpu.set(title="CPU, cores", xlabel="students", ylim=(0, None))
    for axes in (rates, latency, cpu):
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    figure.savefig(file, dpi=120)


def _plot(steps: list[dict[str, Any]], marker: str, name: str, rates: Axes, latency: Axes, cpu: Axes) -> None:
    students = [step["students"] for step in steps]
    for key in ("sent_per_s", "analysed_per_s", "shed_per_s"):
        rates.plot(students, [step[key] for step in steps], marker, label=key.removesuffix("_per_s") + name)
    for share in ("p50", "p95", "p99"):
        values = [step["latency_ms"][share] or float("nan") for step in steps]
        latency.plot(students, values, marker, label=share + name)
    for kind in _kinds(steps, "cpu"):
        cpu.plot(students, [step["cpu"].get(kind, 0.0) for step in steps], marker, label=kind + name)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _usage_table(steps: list[dict[str, Any]], key: str, title: str) -> list[str]:
    kinds = _kinds(steps, key)
    head = [f"students; {title}", "sent", *kinds]
    rows = (
        [step["students"], PICTURES[step["pictures"]], *(step[key].get(kind, "") for kind in kinds)] for step in steps
    )
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _kinds(steps: list[dict[str, Any]], key: str) -> list[str]:
    return sorted({kind for step in steps for kind in step[key]})


def _idle_sockets(idle: dict[str, Any] | None) -> list[str]:
    if not idle:
        return []
    return [
        "",
        f"{idle['sockets']} open sockets without a camera: web processes {idle['web_rss_mb']['before']} MB before and "
        f"{idle['web_rss_mb']['after']} MB after; {idle['disconnects']} were lost.",
    ]


def _soak(soak: dict[str, Any] | None) -> list[str]:
    if not soak:
        return []
    head = ("memory, MB", "after a twentieth", "at the end", "drift")
    rows = (
        (kind, size["start"], size["end"], f"{100 * size['drift']:+.1f} %") for kind, size in soak["rss_mb"].items()
    )
    return [
        "",
        f"{soak['analysed']} snapshots by {soak['students']} students in {soak['seconds']:.0f} s:",
        *("", _row(head), _row(["---"] * len(head)), *map(_row, rows)),
    ]


def _row(cells: Any) -> str:
    return "| " + " | ".join("" if cell is None else str(cell) for cell in cells) + " |"
