import pytest
from django.db import OperationalError, connection

from classroom.infra import metrics
from emotions import serving


def test_a_process_that_answers_is_live(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_health_is_not_changed_by_asking(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_the_embedded_product_is_ready(client, settings):
    settings.EMBEDDED = True
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"ready": True, "parts": {"database": "ok", "recogniser": "ok"}},
    )


@pytest.mark.django_db
def test_without_the_database_it_is_not_ready_and_says_no_more(client, settings, monkeypatch):
    settings.EMBEDDED = True

    def fail(self):
        raise OperationalError("connection to 10.0.0.7 as attune:secret failed")

    monkeypatch.setattr(type(connection._connections[connection._alias]), "cursor", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "parts": {"database": "unavailable", "recogniser": "ok"}}


@pytest.mark.django_db
def test_a_recogniser_that_does_not_load_is_not_ready(client, settings, monkeypatch):
    settings.EMBEDDED = True
    monkeypatch.setattr(serving, "_state", "broken")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["parts"]["recogniser"]) == (503, "broken")


def test_metrics_are_told_to_this_machine(client, settings):
    settings.EMBEDDED = True
    metrics.REFUSED.labels("too_large").inc()
    response = client.get("/metrics")
    assert response["Content-Type"].startswith("text/plain")
    assert 'attune_snapshots_refused_total{process="embedded",reason="too_large"}' in response.content.decode()


def test_metrics_are_not_told_to_another_machine(client):
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"])
def test_a_proxy_on_this_machine_is_not_this_machine(client, header):
    assert client.get("/metrics", headers={header: "anything"}).status_code == 403


def test_behind_a_known_proxy_a_token_is_needed(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize(
    ("sent", "status"), [("Bearer right", 200), ("Bearer wrong", 403), ("", 403)], ids=["right", "wrong", "none"]
)
def test_where_there_is_a_token_it_decides(client, settings, sent, status):
    settings.EMBEDDED, settings.METRICS_TOKEN = True, "right"
    response = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": sent})
    assert response.status_code == status
