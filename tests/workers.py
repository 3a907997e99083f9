"""A pytest plugin: what each pytest-xdist worker has to itself.

pytest-django gives each worker a database. On Redis, each worker also has a database for the cache and the broker, and
a prefix for the channel layer, whose messages reach every database of a server.
"""

import gc
import os
from collections import Counter
from urllib.parse import urlsplit

import pytest
from _pytest import runner
from django.conf import settings

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
# Python's stack for the calls of a test: room for about a thousand within each other.
STACK_SLOTS = 65_536

gc.disable()  # until everything is loaded

# Before Django's settings are read.
os.environ["TIME_ZONE"] = "UTC"  # whatever .env says
if WORKER and os.environ.get("REDIS_URL"):
    url = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = url._replace(path=f"/{WORKER.removeprefix('gw')}").geturl()


def pytest_configure() -> None:
    _give_tests_one_stack()
    if WORKER and not settings.EMBEDDED:
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = WORKER


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest work first, so that no worker is left alone with it at the end: slow tests, then files with
    many tests."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, -tests[item.path]))


def pytest_collection_finish() -> None:
    """Exempt everything loaded so far from garbage collection, since it stays, and collect less often than by default,
    which is after 700 new objects: saves a tenth of the time."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def _give_tests_one_stack() -> None:
    """Let the function that runs a test reserve one large piece of Python's stack for everything that the test calls.

    Pythons without the mend of python/cpython#142183, such as 3.11 and 3.12, map and unmap 16 KiB at each call that
    crosses from one piece to the next, which takes 180 times as long as the call itself: a seventh of a view's test.
    """
    code = runner.runtestprotocol.__code__
    runner.runtestprotocol.__code__ = code.replace(co_stacksize=STACK_SLOTS)
