import subprocess
import sys

from tests.server import ROOT


def test_command_that_does_not_exist_is_one_line():
    command = [sys.executable, "scripts/keep", "no-such-command", "--option"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "keep: no-such-command: No such file or directory\n"
