import subprocess
import sys

import pytest

from tests.server import ROOT


@pytest.mark.slow
def test_every_runtime_runs_the_served_network():
    command = [sys.executable, "benchmarks/network_runtimes.py", "--seconds", "0.1", "--frames", "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "classifier" in line]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    differences = {name: float(difference) for name, *_, difference in rows}
    assert differences["classifier, LiteRT float32"] < 1e-4
    assert 0 < differences["classifier, LiteRT 8-bit weights"] < 0.05
