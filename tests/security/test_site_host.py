"""The Host header: the visitor chooses it, and it was once part of links and of the guess limit's key."""

import http.client
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import factories
from tests.factories import PASSWORD

OTHER_HOSTS = [
    "testserver:666",
    "TESTSERVER",
    "testserver.",
    "evil.example",
    "testserver@evil.example",
    "localhost",
    "",
]


def status(url: str, path: str, host: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    with closing(connection):
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status


@pytest.mark.django_db
@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_sign_in_with_another_host_is_refused_and_checks_no_password(client, host):
    user = factories.user()
    fields = {"login": user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", fields, headers={"host": host}).status_code == 400
    assert User.objects.get().last_login is None


@pytest.mark.django_db
@pytest.mark.usefixtures("wall_clock")
def test_guesses_with_other_hosts_are_no_way_around_the_wait():
    user = factories.user()
    hosts = [f"testserver:{port}" for port in range(1, 70)]
    for host in ["testserver"] * 5 + hosts:
        Client().post("/accounts/login/", {"login": user.email, "password": "wrong"}, headers={"host": host})
    answer = Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert "Too many failed attempts." in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize("host", OTHER_HOSTS)
@pytest.mark.parametrize("trick", ["host", "x-forwarded-host"])
def test_reset_mail_never_leads_to_a_host_of_the_visitor_s_choice(client, host, trick):
    user = factories.user()
    client.post("/accounts/password/reset/", {"email": user.email}, headers={trick: host})
    assert all("http://testserver/accounts/" in sent.body for sent in mail.outbox)
    assert len(mail.outbox) == (0 if trick == "host" else 1)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_demo_answers_to_every_name_of_this_machine(server, name):
    port = urlsplit(server.url).port
    assert status(server.url, "/accounts/login/", f"{name}:{port}") == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "LOCALHOST:{port}", "10.0.0.7:{port}", "evil.example"])
def test_demo_refuses_other_hosts(server, host):
    port = urlsplit(server.url).port
    host = host.format(port=port)
    paths = ["/", "/accounts/login/", "/static/css/base.css", "/healthz/", "/no-such-page"]
    assert {path: status(server.url, path, host) for path in paths} == dict.fromkeys(paths, 400)


@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.7:8000", "attune-web-1", "under_score"])
def test_probes_of_load_balancers_and_monitoring_may_use_any_host(server, host):
    answers = {path: status(server.url, path, host) for path in ("/healthz", "/readyz", "/metrics")}
    assert answers == dict.fromkeys(answers, 200)
