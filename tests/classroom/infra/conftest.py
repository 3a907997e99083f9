import shutil
import subprocess
import time

import pytest
import redis

from classroom.infra.redis import redis_client
from tests.server import free_port


@pytest.fixture(scope="package")
def redis_url(tmp_path_factory):
    """A separate Redis server."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path_factory.mktemp("redis"))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        url = f"redis://127.0.0.1:{port}/0"
        deadline = time.monotonic() + 20
        while not answers(url) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield url
        server.terminate()


def answers(url: str) -> bool:
    try:
        return redis.Redis.from_url(url).ping()
    except redis.ConnectionError:
        return False


@pytest.fixture
def shared_redis(redis_url, settings):
    """Distributed, with an empty Redis; its URL."""
    settings.CACHE_URL, settings.EMBEDDED = redis_url, False
    redis_client().flushdb()
    return redis_url
