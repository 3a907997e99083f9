"""What processes share, in a real Redis: the shelf of kept readings, who lives, and everyone's metrics."""

import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.utils import timezone

from classroom.infra import metrics, process_registry
from classroom.infra.pending_store import SHELF, RedisShelf
from classroom.infra.redis import redis_client
from tests.server import free_port

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
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


@pytest.fixture(autouse=True)
def _shared(url, settings):
    settings.CACHE_URL, settings.EMBEDDED = url, False
    redis_client.cache_clear()
    redis_client().flushdb()
    yield
    redis_client.cache_clear()


def test_the_shelf_gives_what_was_kept_oldest_first():
    shelf = RedisShelf()
    assert [shelf.add(entry) for entry in ("a", "b", "c")] == [True, True, True]
    assert (shelf.oldest(2), shelf.size()) == (["a", "b"], 3)


def test_what_is_removed_is_that_entry_alone():
    shelf = RedisShelf()
    for entry in ("a", "b", "c"):
        shelf.add(entry)
    shelf.remove("b")
    assert shelf.oldest(9) == ["a", "c"]


def test_the_shelf_is_bounded_in_number_and_time(settings):
    settings.KEPT_READINGS_MAX, settings.KEPT_READINGS_S = 1, 100
    shelf = RedisShelf()
    assert [shelf.add(entry) for entry in ("a", "b")] == [True, False]
    assert 0 < redis_client().ttl(SHELF) <= 100


def test_a_worker_counts_while_it_is_heard_of():
    assert process_registry.living_workers(now=NOW) == 0
    process_registry.report(kind="worker", now=NOW)
    assert process_registry.living_workers(now=NOW + timedelta(seconds=process_registry.FRESH_S)) == 1
    assert process_registry.living_workers(now=NOW + timedelta(seconds=process_registry.FRESH_S + 1)) == 0


def test_a_web_process_is_no_worker():
    process_registry.report(kind="web", now=NOW)
    assert process_registry.living_workers(now=NOW) == 0


def test_any_web_process_shows_everyone_s_metrics(monkeypatch):
    metrics.DROPPED.labels("stale").inc()
    monkeypatch.setattr(process_registry, "_name", lambda: "elsewhere:7")
    process_registry.report(kind="worker", now=NOW)
    monkeypatch.setattr(process_registry, "_name", lambda: "here:8")
    text = process_registry.all_metrics(now=NOW).decode()
    for process in ("worker:elsewhere:7", "web:here:8"):
        assert f'attune_snapshots_dropped_total{{process="{process}",reason="stale"}}' in text
    assert text.count("# TYPE attune_snapshots_dropped_total counter") == 1


def test_a_process_long_silent_is_struck_out(monkeypatch):
    monkeypatch.setattr(process_registry, "_name", lambda: "gone:1")
    process_registry.report(kind="worker", now=NOW)
    monkeypatch.setattr(process_registry, "_name", lambda: "here:8")
    later = NOW + timedelta(minutes=1)
    assert "gone:1" not in process_registry.all_metrics(now=later).decode()
    assert list(redis_client().hgetall(process_registry.REPORTS)) == [b"here:8"]


@pytest.mark.django_db
def test_without_a_living_worker_the_product_is_not_ready(client, settings, url):
    settings.CHANNEL_URL = settings.BROKER_URL = url
    response = client.get("/readyz")
    parts = {"database": "ok", "redis": "ok", "workers": "none is alive"}
    assert (response.status_code, response.json()) == (503, {"ready": False, "parts": parts})
    process_registry.report(kind="worker", now=timezone.now())
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_without_redis_the_product_is_not_ready(client, settings, url):
    settings.CHANNEL_URL, settings.BROKER_URL = url, f"redis://127.0.0.1:{free_port()}/0"
    assert client.get("/readyz").json()["parts"]["redis"] == "unavailable"
