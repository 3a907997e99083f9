import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection

from classroom.infra import metrics
from classroom.views import health
from emotions import serving
from tests.outages import database_refuses_writes


def test_healthz_is_ok(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_healthz_refuses_post(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_readyz_is_ok_when_embedded(client, settings):
    settings.EMBEDDED = True
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "parts": {"database": "ok", "recogniser": "ok"}},
    )


@pytest.mark.django_db(transaction=True)
def test_readyz_hides_details_of_an_unavailable_database(client, settings, monkeypatch):
    settings.EMBEDDED = True

    def fail(self):
        raise OperationalError("connection to 10.0.0.7 as attune:secret failed")

    monkeypatch.setattr(type(connection._connections[connection._alias]), "cursor", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "parts": {"database": "unavailable", "recogniser": "ok"}}


@pytest.mark.django_db(transaction=True)
def test_readyz_fails_while_the_database_refuses_writes(client, settings):
    settings.EMBEDDED = True
    with database_refuses_writes():
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] in ("unavailable", "no answer within 2 s")


@pytest.mark.django_db(transaction=True)
def test_readyz_answers_with_the_last_outcome_instead_of_writing_again(client, settings, monkeypatch):
    settings.EMBEDDED = True
    monkeypatch.setattr(health, "READINESS_CACHE_S", 3600)
    first = client.get("/readyz").json()
    with database_refuses_writes():
        answers = [client.get("/readyz").json() for _ in range(5)]
    assert answers == [first] * 5
    assert first == {"ready": True, "parts": {"database": "ok", "recogniser": "ok"}}


@pytest.mark.django_db(transaction=True)
def test_readyz_notices_that_the_database_refuses_writes_once_it_checks_again(client, settings, monkeypatch):
    settings.EMBEDDED = True
    monkeypatch.setattr(health, "READINESS_CACHE_S", 0)
    assert client.get("/readyz").status_code == 200
    with database_refuses_writes():
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_readyz_leaves_nothing_in_the_database(client, settings):
    settings.EMBEDDED = True
    assert client.get("/readyz").status_code == 200
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_readyz_fails_when_the_recogniser_does_not_load(client, settings, monkeypatch):
    settings.EMBEDDED = True
    monkeypatch.setattr(serving, "_state", "broken")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["parts"]["recogniser"]) == (503, "broken")


def test_metrics_are_open_to_this_machine(client, settings):
    settings.EMBEDDED = True
    metrics.REFUSED.labels("too_large").inc()
    response = client.get("/metrics")
    assert response["Content-Type"].startswith("text/plain")
    assert 'attune_snapshots_refused_total{process="embedded",reason="too_large"}' in response.content.decode()


def test_metrics_are_closed_to_other_machines(client):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"])
def test_metrics_are_closed_behind_a_proxy_on_this_machine(client, header):
    assert client.get("/metrics", headers={header: "anything"}).status_code == 403


def test_metrics_behind_a_configured_proxy_need_a_token(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize(
    ("sent", "status"), [("Bearer right", 200), ("Bearer wrong", 403), ("", 403)], ids=["right", "wrong", "none"]
)
def test_metrics_token_decides_when_set(client, settings, sent, status):
    settings.EMBEDDED, settings.METRICS_TOKEN = True, "right"
    response = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": sent})
    assert response.status_code == status
