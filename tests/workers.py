"""A pytest plugin: what each worker of pytest-xdist has to itself.

pytest-django gives each worker a database. On Redis each has a database too, for the cache and the broker, and a prefix
for the channel layer, whose messages reach every database of a server.
"""

import gc
import os
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.conf import settings

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

# Before Django's settings are read.
os.environ["TIME_ZONE"] = "UTC"  # whatever .env says
if WORKER and os.environ.get("REDIS_URL"):
    url = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = url._replace(path=f"/{WORKER.removeprefix('gw')}").geturl()


def pytest_configure() -> None:
    if WORKER and not settings.EMBEDDED:
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = WORKER


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is left alone with it at the end: slow tests, then files of
    many tests."""
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, -tests[item.path]))


def pytest_collection_finish() -> None:
    """Spare the garbage collector everything loaded so far, which stays until the end: a twentieth of the time."""
    gc.collect()
    gc.freeze()
