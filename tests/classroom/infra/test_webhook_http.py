"""Posting webhook messages: the name of each outcome, and that redirects are not followed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from accounts import outgoing
from classroom.infra.webhook_http import Answer, post
from tests.classroom.webhook_target import listening


@pytest.fixture(autouse=True)
def _targets_may_be_local(settings):
    settings.PRIVATE_TARGETS_ALLOWED = True


@contextmanager
def silent_server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def send(url: str) -> Answer:
    return post(url, headers={"content-type": "application/json", "user-agent": "Tests"}, body=b"{}")


def test_message_is_posted_with_its_headers():
    with listening() as target:
        assert send(target.url) == Answer(status=204)
        [(path, headers, body)] = target.requests
    assert (path, body) == ("/hook?school=1", b"{}")
    assert (headers["content-type"], headers["user-agent"], headers["content-length"]) == (
        "application/json",
        "Tests",
        "2",
    )


@pytest.mark.parametrize("url", ["https://127.0.0.1:{port}/", "https://localhost:{port}/", "http://127.0.0.1:{port}/"])
def test_private_address_gets_nothing(url, settings):
    settings.PRIVATE_TARGETS_ALLOWED = False
    with listening() as target:
        assert send(url.format(port=target.port)) == Answer(problem="private")
        assert target.requests == []


def test_redirect_is_not_followed():
    with listening() as elsewhere, listening() as target:
        target.answers, target.location = [307], elsewhere.url
        assert send(target.url) == Answer(status=307)
        assert elsewhere.requests == []


def test_host_without_an_address_is_unresolved():
    assert send(f"https://{'x' * 64}.example/") == Answer(problem="unresolved")


def test_closed_port_gives_no_connection():
    with listening() as target:
        pass
    assert send(target.url) == Answer(problem="connection")


def test_server_without_tls_has_no_valid_certificate():
    with listening() as target:
        assert send(f"https://127.0.0.1:{target.port}/") == Answer(problem="tls")


def test_server_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(outgoing, "TIMEOUT", (5, 0.2))
    with silent_server() as url:
        assert send(url) == Answer(problem="timeout")
