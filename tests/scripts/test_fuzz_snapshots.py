import importlib.util
import os
import re
import subprocess
import sys

import pytest

from tests.server import ROOT

# requirements-dev.in: there is no wheel for other machines.
NO_ATHERIS = "SNAPSHOTS ARE NOT FUZZED: atheris is not available for this Python or machine"


@pytest.fixture(autouse=True)
def _atheris():
    if importlib.util.find_spec("atheris") is None:
        if os.environ.get("CI"):
            pytest.fail(NO_ATHERIS)
        pytest.skip(NO_ATHERIS)


def start(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "scripts/fuzz_snapshots", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def run(*arguments: str) -> str:
    done = start(*arguments)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr  # libFuzzer reports on the latter


@pytest.mark.slow
def test_no_message_breaks_the_check_or_the_decoding_and_damaged_pictures_leave_no_memory_behind():
    printed = run("--memory", "4500", "--runs", "20000")
    (grown,) = re.findall(r"^(-?[\d.]+) MiB more after 4000 damaged pictures$", printed, re.M)
    assert float(grown) <= 20
    (runs,) = re.findall(r"^Done (\d+) runs", printed, re.M)
    assert int(runs) >= 20000  # libFuzzer may do a few more to shorten what it keeps


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--memory=500", "--memory=-3", "--seconds=-1", "--runs=-2"])
def test_number_that_measures_nothing_is_refused(option):
    done = start(option)
    assert (done.returncode, done.stdout) == (2, "")
