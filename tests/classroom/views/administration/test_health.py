"""Health at a glance: each figure is correct or shown as unknown."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from classroom.infra import last_runs, metrics
from classroom.infra.pending_store import pending_store
from classroom.tasks.scheduled import delete_old
from emotions import serving
from tests import factories
from tests.server import ROOT, free_port

# The readiness check writes on another thread.
pytestmark = pytest.mark.django_db(transaction=True)
VERSION = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
HEALTH = "/administration/health/"


@pytest.fixture
def admin(client) -> Client:
    client.force_login(factories.user("administrator"))
    return client


def text(client: Client) -> str:
    page = client.get(HEALTH).content.decode()
    main = page[page.index("<main") : page.index("</main")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


def figures(client: Client) -> dict[str, str]:
    page = client.get(HEALTH).content.decode()
    return dict(re.findall(r'<div class="figure"><dt>([^<]+)</dt><dd>([^<]+)</dd>', page))


@pytest.mark.parametrize(
    ("state", "expected"),
    [("loaded", "Recognition works"), ("not loaded", "Recognition not tried yet"), ("broken", "Recognition broken")],
)
def test_recognition_works_only_once_it_has(admin, settings, monkeypatch, state, expected):
    settings.EMBEDDED = True
    monkeypatch.setattr(serving, "_state", state)
    assert expected in text(admin)


def test_embedded_page_says_what_works_and_counts_snapshots(admin, settings):
    settings.EMBEDDED = True
    for outcome in (metrics.READ, metrics.READ, "stale", "superseded", "stale"):
        metrics.recent.add(outcome, at_s=timezone.now().timestamp())
    pending_store().add("{}")
    shown = text(admin)
    assert "Database works" in shown
    assert "One process does everything" in shown
    assert "Dropped, by reason: stale 2, superseded 1" in shown
    assert figures(admin) == {"Read": "2", "Dropped": "3", "Waiting now": "0", "Readings not yet saved": "1"}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"MAIL_IS_SENT": True}, "E-mail sent"),
        ({"MAIL_IS_SENT": False}, "E-mail not sent E-mails are printed to the server’s console or stored"),
        (
            {"RETENTION_DAYS": 0},
            "Old classes kept, unless a school or a course has its own limit; time of the last check unknown",
        ),
        ({"RETENTION_DAYS": 30}, "deleted 30 days after their end at the latest; time of the last check unknown"),
        ({}, f"Version {VERSION} Python"),
    ],
)
def test_installation_is_described_as_it_is(admin, settings, changed, expected):
    for name, value in changed.items():
        setattr(settings, name, value)
    cache.clear()  # signing in has looked for old classes
    assert expected in text(admin)


def test_last_look_for_old_classes_is_known_after_it(admin, settings):
    settings.RETENTION_DAYS = 30
    before = timezone.now()
    delete_old()
    ran_at = last_runs.last_run(last_runs.RETENTION)
    assert before <= ran_at <= timezone.now()
    assert f"last checked {ran_at:%-d %b %Y, %H:%M}" in text(admin)


def test_page_opens_without_redis_and_says_what_is_unknown(admin, settings):
    settings.EMBEDDED = False
    settings.CACHE_URL = settings.CHANNEL_URL = settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert "Redis unavailable" in text(admin)
    assert "Unknown: Redis does not answer." in text(admin)
    assert set(figures(admin).values()) == {"unknown"}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a Postgres server has its own disk")
def test_disk_is_that_of_the_database_s_file(admin, monkeypatch):
    asked, disk_usage = [], shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: asked.append(folder) or disk_usage(folder))
    text(admin)
    assert asked == [Path(connection.settings_dict["NAME"]).parent]
