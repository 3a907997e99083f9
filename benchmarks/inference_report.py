"""The results of the inference benchmark as a Markdown page that ends with the goals."""

from dataclasses import dataclass
from typing import Any

GOAL_MS, GOAL_RATIO, GOAL_MB = 8.0, 10.0, 600.0


@dataclass(frozen=True)
class Result:
    """Milliseconds per snapshot, or per face for classification."""

    case: str
    median: float
    p90: float
    min: float
    n: int
    ratio: float | None = None


def markdown(report: dict[str, Any], results: list[Result]) -> str:
    """The page of one run; `report` is what --json prints."""
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    machine = report["machine"]
    memory = report["memory_mb"].items()
    sizes = [f"| {moment} | {size['resident']:.0f} | {size['private']:.0f} |" for moment, size in memory if size]
    faces = ", ".join(f"{way} {mean:.2f}" for way, mean in report["faces_per_snapshot"].items())
    lines = [
        *("# Speed of inference", "", report["method"], ""),
        f"CPU: {machine['cpu']}; load average at the end {machine['load_average']:.1f}. {versions}. "
        f"Model: {report['model']}. Faces found per 320x240 snapshot: {faces}.",
        *("", "| milliseconds | median | p90 | min | n | times the original's speed |"),
        *("| --- | --- | --- | --- | --- | --- |", *map(_row, results)),
        *("", "| a worker's memory, MB | resident | private |", "| --- | --- | --- |", *sizes),
        *("", *_goals(report, results)),
    ]
    return "\n".join(lines)


def _row(result: Result) -> str:
    ratio = f"{result.ratio:.1f}" if result.ratio else ""
    return f"| {result.case} | {result.median:.2f} | {result.p90:.2f} | {result.min:.2f} | {result.n} | {ratio} |"


def _goals(report: dict[str, Any], results: list[Result]) -> list[str]:
    whole = next(result for result in results if result.case == "whole, 320x240")
    resident = max((size.get("resident", 0.0) for size in report["memory_mb"].values()), default=0.0)
    return [
        f"- a 320x240 snapshot in at most {GOAL_MS:g} ms: {_met(whole.median <= GOAL_MS)} ({whole.median:.1f})",
        f"- {GOAL_RATIO:g} times the original's way: {_met((whole.ratio or 0) >= GOAL_RATIO)} ({whole.ratio or 0:.1f})",
        f"- at most {GOAL_MB:g} MB a worker: "
        + (f"{_met(resident <= GOAL_MB)} ({resident:.0f} resident)" if resident else "not measured"),
    ]


def _met(goal: bool) -> str:
    return "met" if goal else "missed"
