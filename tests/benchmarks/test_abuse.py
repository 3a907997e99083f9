"""The abuse program against a server that it starts: tests its report, not what the visitors cost."""

import re
import subprocess
import sys

import pytest

from tests.server import DATABASE, ROOT

FIGURE = r"(?:[\d.]+|none)"
ROW = re.compile(rf"\| ([a-z ]+) \| {FIGURE}, {FIGURE}, {FIGURE} \| {FIGURE}, {FIGURE}, {FIGURE} \| [+-]\d+ \| (.+) \|")

pytestmark = pytest.mark.live


def test_each_visitor_has_a_row_with_its_outcomes(demo):
    options = ["--database", str(demo / DATABASE), "--seconds", "2", "--visitors", "sign_ins", "bombs"]
    command = [sys.executable, "benchmarks/abuse.py", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    rows = dict(match.groups() for match in ROW.finditer(done.stdout))
    assert list(rows) == ["sign ins", "bombs"], done.stdout + done.stderr
    assert re.search(r"\d+ × (200|429|503)", rows["sign ins"])
    assert "× unsupported_jpeg" in rows["bombs"]
