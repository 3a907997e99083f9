"""The administrators' health page with a real Redis."""

import re

import pytest
from django.utils import timezone

from classroom.infra import metrics, process_registry
from tests import factories
from tests.classroom.views.administration.test_health import figures, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(client):
    client.force_login(factories.user("administrator"))
    return client


@pytest.fixture
def distributed(shared_redis, settings):
    settings.CHANNEL_URL = settings.BROKER_URL = shared_redis


def test_distributed_page_lists_the_processes(admin, distributed):
    metrics.recent.add(metrics.READ, at_s=timezone.now().timestamp())
    process_registry.report(kind="worker", now=timezone.now())
    shown = text(admin)
    assert "Database works Redis works Workers works" in shown
    assert re.search(r"worker:1 last seen \d+ s ago", shown)
    assert figures(admin) | {"Tasks waiting": "0"} == figures(admin)
    assert figures(admin)["Read"] == "1"


def test_page_without_a_worker_says_so(admin, distributed):
    shown = text(admin)
    assert "Workers none is alive" in shown
    assert "No process reports yet." in shown
