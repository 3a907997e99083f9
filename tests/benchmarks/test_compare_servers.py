import json
import os
import subprocess
import sys

import pytest

from benchmarks.compare_servers import table, variants
from benchmarks.load.ledger import Ledger
from tests.server import DATABASE, ROOT

SERVICES = {"DATABASE_URL": "postgres://localhost/attune", "REDIS_URL": "redis://localhost"}


@pytest.mark.parametrize("missing", sorted(SERVICES))
def test_only_embedded_is_measured_without_services(monkeypatch, capsys, missing):
    for name, url in SERVICES.items():
        monkeypatch.setenv(name, "" if name == missing else url)
    assert [variant.name for variant in variants([])] == ["embedded, one daphne"]
    assert "only embedded is measured" in capsys.readouterr().err


def test_every_variant_is_measured_with_services(monkeypatch):
    for name, url in SERVICES.items():
        monkeypatch.setenv(name, url)
    embedded, daphne, uvicorn, also = variants([["one thread", "ANALYSIS_THREADS=1"]])
    assert (embedded.env["DATABASE_URL"], embedded.env["REDIS_URL"]) == ("", "")
    assert [command.kind for command in daphne.commands] == ["web", "web", "worker"]
    assert [command.kind for command in uvicorn.commands] == ["web", "worker"]
    assert (also.name, also.commands, also.env) == ("one thread", daphne.commands, {"ANALYSIS_THREADS": "1"})


@pytest.mark.live
def test_embedded_variant_is_started_loaded_and_stopped(tmp_path, demo):
    page = tmp_path / "ways.md"
    database = ["--database", str(demo / DATABASE)]
    load = ["--students", "1", "--seconds", "1", "--settle", "0"]
    command = [sys.executable, "benchmarks/compare_servers.py", "--json", "--markdown", str(page), *database, *load]
    env = {**os.environ, "DATABASE_URL": "", "REDIS_URL": ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    [figures] = json.loads(done.stdout)["variants"]
    assert (figures["name"], figures["steps"][0]["processes"]) == ("embedded, one daphne", {"generator": 1, "web": 1})
    assert "| embedded, one daphne | 1 |" in page.read_text()
    assert (tmp_path / "ways-1.png").exists()


def test_table_has_the_steps_of_every_variant():
    step = {"students": 7, "pictures": "frames", **Ledger().as_dict(seconds=1.0)}
    head, rule, *rows = table([{"name": "one", "steps": [step, step]}, {"name": "other", "steps": [step]}])
    assert [row.split(" | ")[:2] for row in rows] == [["| one", "7"], ["| one", "7"], ["| other", "7"]]
    assert {line.count("|") for line in (head, rule, *rows)} == {head.count("|")}
