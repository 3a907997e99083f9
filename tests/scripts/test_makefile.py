"""What make does about the environment's Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import ROOT

MADE_ANEW = [
    f"{sys.executable} scripts/check_python",
    f"{sys.executable} -m venv --clear .venv",
    ".venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt",
    "touch .venv/.requirements",
]


@pytest.fixture
def project(tmp_path):
    """A set-up project: its environment's Python is this one, which has pip."""
    for folder in ("scripts", "static"):
        (tmp_path / folder).mkdir()
    for name in ("Makefile", "scripts/check_python"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    set_python(tmp_path, f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / ".venv" / ".requirements").touch()
    return tmp_path


def set_python(project: Path, script: str) -> None:
    python = project / ".venv" / "bin" / "python"
    python.write_text(script)
    python.chmod(0o755)


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Not those of the make that runs the tests; its messages in English.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | {"LC_ALL": "C"}
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", *arguments], cwd=project, env=environment, capture_output=True, text=True
    )


def set_up(project: Path) -> list[str]:
    """What set-up of the packages would run."""
    return make(project, "--dry-run", ".venv/.requirements").stdout.splitlines()


def test_set_up_environment_is_left_alone(project):
    assert set_up(project) == ["make: '.venv/.requirements' is up to date."]


def test_environment_whose_python_is_gone_is_made_anew_with_its_packages(project):
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(project / "removed")
    assert set_up(project) == MADE_ANEW


@pytest.mark.parametrize(
    "python",
    [
        pytest.param('case "$*" in *pip*) exit 1; esac', id="without pip, after an upgrade of the system"),
        pytest.param('case "$*" in *check_python) exit 1; esac', id="a version that the product does not support"),
    ],
)
def test_environment_whose_python_cannot_serve_is_made_anew_with_its_packages(project, python):
    set_python(project, f"#!/bin/sh\n{python}\n")
    assert set_up(project) == MADE_ANEW


@pytest.mark.parametrize("target", ["services", "services-stop"])
def test_services_refuse_an_unsupported_python_before_they_run_it(project, target):
    old = project / "old"
    old.write_text('#!/bin/sh\necho "$@"\necho "Attune needs another" >&2\nexit 1\n')
    old.chmod(0o755)
    done = make(project, f"PYTHON={old}", "--silent", target)
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == "Attune needs another"
