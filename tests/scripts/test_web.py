import os
import subprocess
import sys

import pytest

from tests.server import ROOT

# `web` has no suffix, so load it by its path. The rest is what daphne's command does first.
PROGRAM = """
import runpy, sys
{before}
runpy.run_path("scripts/web")["install_reactor"]()
from daphne import server
from twisted.internet import reactor
print(type(reactor._asyncioEventloop).__module__)
"""


@pytest.mark.parametrize(
    ("before", "loop"),
    [("", "uvloop"), ("sys.modules['uvloop'] = None", "asyncio.unix_events")],
    ids=["installed", "not installed"],
)
def test_web_process_runs_on_uvloop_where_it_is_installed(before, loop):
    command = [sys.executable, "-W", "error::UserWarning", "-c", PROGRAM.format(before=before)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{loop}\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "text"),
    [
        ({"PORT": "abc"}, "PORT is 'abc'. Set it to a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT is '70000'. Set it to a number from 1 to 65535."),
        ({"BIND": "nowhere.invalid", "PORT": "8000"}, "BIND=nowhere.invalid PORT=8000: "),
        ({"RETENTION_DAYS": "-1"}, "RETENTION_DAYS is '-1'. Set it to a whole number from 0 to 36500"),
    ],
)
def test_web_process_says_in_one_line_why_it_does_not_start(env, text):
    command = [sys.executable, "scripts/web"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=100, check=False
    )
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert line.startswith(text)


def test_web_process_takes_no_options():
    command = [sys.executable, "scripts/web", "--port", "9000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stdout) == (2, "")
