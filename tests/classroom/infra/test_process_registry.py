"""The live processes and their metrics, in a real Redis."""

import json
import os
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from classroom.infra import metrics, process_registry
from classroom.infra.process_registry import Process
from classroom.infra.redis import redis_client
from classroom.views import health
from tests.server import free_port

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _distributed(shared_redis):
    pass


def test_worker_counts_until_its_report_expires():
    assert process_registry.count_live_workers(now=NOW) == 0
    process_registry.report(kind="worker", now=NOW)
    last = NOW + timedelta(seconds=process_registry.EXPIRES_S)
    assert process_registry.count_live_workers(now=last) == 1
    assert process_registry.count_live_workers(now=last + timedelta(seconds=1)) == 0


def test_web_process_is_no_worker():
    process_registry.report(kind="web", now=NOW)
    assert process_registry.count_live_workers(now=NOW) == 0


def test_live_processes_say_when_they_reported_and_what_became_of_snapshots(monkeypatch):
    metrics.recent.add(metrics.READ, at_s=NOW.timestamp())
    metrics.recent.add("stale", at_s=NOW.timestamp())
    process_registry.report(kind="worker", now=NOW)
    recent = {"read": 1, "stale": 1}
    seen = process_registry.live_processes(now=NOW + timedelta(seconds=4))
    assert seen == [Process("worker", "worker:1", 4.0, recent)]
    assert process_registry.live_processes(now=NOW + timedelta(seconds=process_registry.EXPIRES_S + 1)) == []


def test_report_of_an_earlier_version_has_no_recent_figures():
    heartbeat = {"kind": "worker", "at": NOW.timestamp(), "figures": []}
    redis_client().hset(process_registry.REPORTS, "host:1", json.dumps(heartbeat))
    assert process_registry.live_processes(now=NOW) == [Process("worker", "host:1", 0.0, {})]


def test_any_web_process_shows_the_metrics_of_all(monkeypatch):
    metrics.DROPPED.labels("stale").inc()
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    process_registry.report(kind="worker", now=NOW)
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    text = process_registry.all_metrics(now=NOW).decode()
    for process in ("worker:1", "web:1"):
        assert f'attune_snapshots_dropped_total{{process="{process}",reason="stale"}}' in text
    assert text.count("# TYPE attune_snapshots_dropped_total counter") == 1


def test_expired_process_is_deleted(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "gone")
    process_registry.report(kind="worker", now=NOW)
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    later = NOW + timedelta(minutes=1)
    assert 'process="worker:1"' not in process_registry.all_metrics(now=later).decode()
    assert list(redis_client().hgetall(process_registry.REPORTS)) == [f"here:{os.getpid()}".encode()]


@pytest.fixture
def names(monkeypatch):
    """Report as a process of each host in turn, and return their names in the metrics."""
    numbers: dict[str, int] = {}

    def report(*hosts: str) -> list[str]:
        for host in hosts:
            monkeypatch.setattr("socket.gethostname", lambda host=host: host)
            process_registry._number = numbers.get(host, 1)
            process_registry.report(kind="worker", now=NOW)
            numbers[host] = process_registry._number
        reports = redis_client().hgetall(process_registry.REPORTS).items()
        by_host = {process.decode().split(":")[0]: json.loads(each)["name"] for process, each in reports}
        return [by_host[host] for host in hosts]

    return report


def test_processes_of_one_kind_have_numbers_of_their_own_and_keep_them(names):
    assert names("a", "b", "c") == ["worker:1", "worker:2", "worker:3"]
    assert names("c", "a", "b") == ["worker:3", "worker:1", "worker:2"]


def test_restarted_process_takes_the_number_of_the_one_that_is_gone(names):
    names("a", "b")
    redis_client().delete(f"{process_registry.NUMBER}worker:1")  # expired
    assert names("b", "new") == ["worker:2", "worker:1"]


def test_number_is_free_again_when_its_process_is_gone(names):
    names("a")
    assert 0 < redis_client().ttl(f"{process_registry.NUMBER}worker:1") <= process_registry.EXPIRES_S


def test_metrics_name_no_process_id_and_no_host(names, monkeypatch):
    names("a")
    monkeypatch.setattr("socket.gethostname", lambda: "b")
    text = process_registry.all_metrics(now=NOW).decode()
    assert set(re.findall(r'process="([^"]*)"', text)) == {"worker:1", "web:1"}


@pytest.mark.django_db(transaction=True)
def test_product_is_not_ready_without_a_live_worker(client, settings, shared_redis, monkeypatch):
    monkeypatch.setattr(health, "READINESS_CACHE_S", 0)
    settings.CHANNEL_URL = settings.BROKER_URL = shared_redis
    response = client.get("/readyz")
    parts = {"database": "ok", "redis": "ok", "workers": "none is alive"}
    assert (response.status_code, response.json()) == (503, {"ready": False, "parts": parts})
    process_registry.report(kind="worker", now=timezone.now())
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_product_is_not_ready_without_redis(client, settings, shared_redis):
    settings.CHANNEL_URL, settings.BROKER_URL = shared_redis, f"redis://127.0.0.1:{free_port()}/0"
    assert client.get("/readyz").json()["parts"]["redis"] == "unavailable"
