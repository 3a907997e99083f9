"""Settings that follow from DATABASE_URL and REDIS_URL, in the forms that hosting providers use."""

import json
import os
import socket
import subprocess
import sys

import pytest

from tests.server import ROOT

pytestmark = pytest.mark.slow


def settings_of(*names: str, **env: str) -> list:
    code = f"import json; from config import settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_postgres_url_with_ssl_is_parsed():
    (databases,) = settings_of("DATABASES", DATABASE_URL="postgres://u:p%40ss@db.example:6432/attune?sslmode=require")
    database = databases["default"]
    assert database["ENGINE"] == "config.postgres"
    where = [database[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")]
    assert where == ["db.example", 6432, "attune", "u", "p@ss"]
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"
    assert (database["CONN_MAX_AGE"], database["OPTIONS"]["pool"]["max_size"]) == (0, 8)


def test_postgres_machine_that_vanishes_is_noticed_within_seconds():
    (databases,) = settings_of("DATABASES", DATABASE_URL="postgres://u:p@db.example/attune?keepalives_idle=60")
    options = databases["default"]["OPTIONS"]
    assert [options[f"keepalives_{name}"] for name in ("idle", "interval", "count")] == [60, 2, 3]  # the URL's first
    assert options["tcp_user_timeout"] == 5000


def test_redis_machine_that_vanishes_is_noticed_within_seconds():
    names = ("CACHES", "CHANNEL_LAYERS", "CELERY_BROKER_TRANSPORT_OPTIONS")
    caches, layers, broker = settings_of(*names, REDIS_URL="redis://cache.example:6379/0")
    [channels] = layers["default"]["CONFIG"]["hosts"]
    probes = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3}
    known = {str(getattr(socket, name)): value for name, value in probes.items() if hasattr(socket, name)}
    for options in (caches["default"]["OPTIONS"], channels, broker):
        assert (options["socket_keepalive"], options["socket_keepalive_options"]) == (True, known)


def test_pool_size_zero_keeps_one_connection():
    (databases,) = settings_of("DATABASES", DATABASE_URL="postgres://u:p@db.example/attune", DATABASE_POOL_SIZE="0")
    assert databases["default"]["CONN_MAX_AGE"] is None
    assert "pool" not in databases["default"]["OPTIONS"]


@pytest.mark.parametrize(("value", "threshold"), [("0", None), ("1", 1_000_000)])
def test_statements_are_prepared_by_choice(value, threshold):
    env = {"DATABASE_URL": "postgres://u:p@db.example/attune", "DATABASE_PREPARED_STATEMENTS": value}
    (databases,) = settings_of("DATABASES", **env)
    assert databases["default"]["OPTIONS"].get("prepare_threshold") == threshold


def test_redis_url_serves_cache_channels_and_broker():
    url = "redis://cache.example:6379/0"
    names = ("CACHE_URL", "CHANNEL_URL", "CELERY_BROKER_URL", "EMBEDDED", "CELERY_TASK_ALWAYS_EAGER")
    assert settings_of(*names, REDIS_URL=url) == [url, url, url, False, False]


def test_cache_channels_and_broker_may_use_separate_redis_servers():
    own = {"CACHE_URL": "redis://a/0", "CHANNEL_URL": "redis://b/0", "BROKER_URL": "redis://c/0"}
    names = ("CACHE_URL", "CHANNEL_URL", "CELERY_BROKER_URL")
    assert settings_of(*names, REDIS_URL="redis://d/0", **own) == list(own.values())


@pytest.mark.parametrize(
    ("given", "certificate", "used"),
    [
        ("rediss://r.example:6380", "required", "rediss://r.example:6380?ssl_cert_reqs=required"),
        ("rediss://r.example:6380", "none", "rediss://r.example:6380?ssl_cert_reqs=none"),
        ("rediss://r.example/0?db=1", "none", "rediss://r.example/0?db=1&ssl_cert_reqs=none"),
        ("rediss://r.example?ssl_cert_reqs=none", "required", "rediss://r.example?ssl_cert_reqs=none"),
        ("redis://r.example", "none", "redis://r.example"),
    ],
)
def test_redis_certificate_setting_applies_to_every_url(given, certificate, used):
    names = ("CACHE_URL", "CHANNEL_URL", "CELERY_BROKER_URL")
    assert settings_of(*names, REDIS_URL=given, REDIS_CERTIFICATE=certificate) == [used, used, used]
