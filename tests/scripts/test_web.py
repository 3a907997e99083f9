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
