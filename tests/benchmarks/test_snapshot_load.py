"""The load program against the real server: tests its report, not the server's speed."""

import json
import subprocess
import sys

import pytest

from tests.server import ROOT

STEP = ("students", "sent_per_s", "analysed_per_s", "shed_ratio", "latency_ms", "cpu", "rss_mb")


@pytest.fixture(scope="module")
def figures(server, tmp_path_factory):
    """The figures and the page of a run with four idle sockets, then steps of one and two students, each with frames
    and with faces."""
    page = tmp_path_factory.mktemp("load") / "page.md"
    options = ["--idle-sockets", "4", "--soak", "3", "--on-device", "--json", "--markdown", str(page)]
    done = _run("--url", server.url, *options)
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "page": page}


def test_step_has_its_figures(figures):
    steps = [(step["students"], step["pictures"]) for step in figures["steps"]]
    assert steps == [(1, "frames"), (1, "faces"), (2, "frames"), (2, "faces")]
    for step in figures["steps"]:
        assert set(STEP) <= set(step)
        assert set(step["latency_ms"]) == {"p50", "p95", "p99"}
        assert step["cpu"].keys() == step["rss_mb"].keys() >= {"generator", "web"}


def test_every_sent_snapshot_is_analysed_or_shed(figures):
    for step in figures["steps"]:
        lost = sum(step["dropped"].values()) + sum(step["refused"].values()) + step["unanswered"]
        assert step["sent"] == step["analysed"] + step["shed"] == step["analysed"] + lost
        assert step["shed_ratio"] == round(step["shed"] / step["sent"], 4)
        assert step["analysed"] > 0


def test_faces_are_found_and_reach_the_teacher(figures):
    for step in figures["steps"]:
        assert step["with_face"] == step["analysed"]
        assert step["latency_ms"]["p50"] <= step["latency_ms"]["p99"] <= step["oldest_shown_ms"]
        assert (step["disconnects"], step["refused"]) == (0, {})


def test_faces_alone_are_a_third_of_the_bytes(figures):
    for frames, faces in zip(figures["steps"][::2], figures["steps"][1::2], strict=True):
        assert faces["snapshot_bytes"] < 3.2 * 1024 < frames["snapshot_bytes"] / 3


def test_idle_sockets_stay_open(figures):
    idle = figures["idle_sockets"]
    assert (idle["sockets"], idle["disconnects"]) == (4, 0)
    assert idle["web_rss_mb"]["after"] > 0


def test_soak_reports_memory(figures):
    assert figures["soak"]["analysed"] >= 3
    assert set(figures["soak"]["rss_mb"]["web"]) == {"start", "end", "drift"}


def test_page_shows_the_steps_and_a_plot(figures):
    page = figures["page"].read_text()
    assert all(f"| {step['students']} | {step['sent_per_s']} |" in page for step in figures["steps"])
    assert f"]({figures['page'].with_suffix('.png').name})" in page
    assert figures["page"].with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_server_without_simulation_refuses(server_without_simulation):
    done = _run("--url", server_without_simulation.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not allow simulated classes" in done.stderr


def test_steps_must_rise():
    done = _run("--students", "4,2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "must rise" in done.stderr


def _run(*options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "benchmarks/snapshot_load.py", "--seconds", "3", "--settle", "1", "--class-size", "3"]
    # The last occurrence of an option wins.
    return subprocess.run(
        [*command, "--students", "1,2", *options], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
