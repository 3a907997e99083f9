import importlib
import os
from unittest.mock import patch

import pytest

from tests.server import ROOT


@pytest.fixture
def benchmark(monkeypatch):
    """Runs in this process, which has already loaded TensorFlow, and without its limits to one core."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    with patch.dict(os.environ):
        network_runtimes = importlib.import_module("network_runtimes")
    monkeypatch.setattr(network_runtimes, "limited_to_one_core", lambda: None)
    return network_runtimes


@pytest.mark.slow
def test_every_runtime_runs_the_served_network(benchmark, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["network_runtimes.py", "--seconds", "0.1", "--frames", "4"])
    benchmark.main()
    lines = [line for line in capsys.readouterr().out.splitlines() if "classifier" in line]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    differences = {name: float(difference) for name, *_, difference in rows}
    assert differences["classifier, LiteRT float32"] < 1e-4
    assert 0 < differences["classifier, LiteRT 8-bit weights"] < 0.05
