"""Tested with processes that the tests start, because what else runs on the machine is unknown."""

import os
import subprocess
import sys

import psutil
import pytest

from benchmarks.load.processes import GENERATOR, Meter, process_kind

CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"])
print("started", flush=True)
child.wait()
"""


@pytest.fixture
def family():
    """A process with a child, like a worker. Both end when its input does."""
    command = [sys.executable, "-c", CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"started\n"
        yield process
        process.stdin.close()


def own_processes() -> int:
    """Count this process and its descendants, such as servers that other tests have started."""
    return 1 + len(psutil.Process().children(recursive=True))


def test_given_processes_count_with_their_descendants(family):
    meter = Meter({"worker": [family.pid]})
    meter.begin()
    usage = meter.usage.as_dict(seconds=1.0)
    assert usage["processes"] == {GENERATOR: own_processes() - 2, "worker": 2}
    assert usage["rss_mb"]["worker"] > usage["largest_rss_mb"]["worker"] > 0


def test_ended_process_is_left_out(family):
    meter = Meter({"worker": [family.pid]})
    meter.begin()
    family.communicate()
    meter.begin()
    assert meter.usage.as_dict(seconds=1.0)["processes"] == {GENERATOR: own_processes()}


def test_cpu_counts_from_the_start_of_the_step():
    meter = Meter({"none": [2**22 + 1]})
    before = sum(os.times()[:2])
    meter.begin()
    while sum(os.times()[:2]) < before + 0.1:
        pass
    meter.sample()
    assert 0.05 <= meter.usage.cpu_s[GENERATOR] <= sum(os.times()[:2]) - before + 0.02


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (["python", "-m", "daphne", "config.asgi:application"], "web"),
        (["/venv/bin/python", "/venv/bin/daphne", "-p", "8000"], "web"),
        (["python", "scripts/web"], "web"),
        (["python", "/venv/bin/uvicorn", "config.asgi:application"], "web"),
        (["python", "/venv/bin/celery", "-A", "config", "worker"], "worker"),
        (["python", "/venv/bin/celery", "-A", "config", "beat"], "beat"),
        (["postgres: attune attune 127.0.0.1(4242) idle"], "postgres"),
        (["/usr/lib/postgresql/15/bin/postgres", "-D", "/data"], "postgres"),
        (["redis-server 127.0.0.1:6379"], "redis"),
        (["python", "scripts/keep", "celery", "-A", "config", "worker"], None),
        (["sh", "-c", "daphne -p 8000 config.asgi:application"], None),
        (["vim", "celery.py", "worker"], None),
        ([], None),
    ],
)
def test_kind_is_recognised_by_the_command_line(command, kind):
    assert process_kind(command) == kind
