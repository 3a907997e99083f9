import os
import re
import resource
import subprocess
import sys

import pytest

from tests.server import ROOT

pytestmark = pytest.mark.slow

# A child that a worker forks prints its own state, so this tests what is inherited.
WEB = "import config.asgi"
WORKER = """
import django
django.setup()
from celery.signals import worker_init
worker_init.send(None)
"""
BEAT = """
import django
django.setup()
from celery.signals import beat_init
beat_init.send(None)
"""
REPORT = """
import ctypes, os
if os.fork():
    os.wait()
else:
    print(open("/proc/self/limits").read())
    print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def allow_core_dumps() -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def report(start: str) -> tuple[list[str], int]:
    done = subprocess.run(
        [sys.executable, "-c", start + REPORT],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=100,
        preexec_fn=allow_core_dumps,
    )
    limits = re.search(r"Max core file size +(\w+) +(\w+)", done.stdout)
    return [*limits.groups()], int(re.search(r"dumpable (\d)", done.stdout)[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("start", [WEB, WORKER, BEAT], ids=["web", "worker", "beat"])
def test_process_and_its_children_leave_no_core_dump(start):
    assert report(start + "\n") == (["0", "0"], 0)
