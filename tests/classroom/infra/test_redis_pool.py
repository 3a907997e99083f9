"""Connections to a server that accepts them and never answers, as a Redis that hangs."""

import socket
import time
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import RedisError

from classroom.infra import redis_pool
from classroom.infra.redis_pool import BreakerPool


class Silent:
    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(0.0)

    def client(self) -> Redis:
        url = f"redis://127.0.0.1:{self.listening.getsockname()[1]}/0"
        return Redis.from_pool(BreakerPool.from_url(url, socket_timeout=0.1, socket_connect_timeout=0.1))

    def new_connections(self) -> int:
        number = 0
        while True:
            try:
                self.listening.accept()
            except BlockingIOError:
                return number
            number += 1


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    server.listening.close()


def test_only_the_first_of_many_calls_waits_for_a_server_that_hangs(silent):
    for client in (silent.client(), silent.client()):  # the cache and the queue have separate pools
        for _ in range(3):
            with pytest.raises(RedisError):
                client.ping()
    assert silent.new_connections() == 1


def test_one_call_tries_again_after_a_while(silent, monkeypatch):
    with pytest.raises(RedisError):
        silent.client().ping()
    began = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: began + redis_pool.RETRY_AFTER_S)
    for _ in range(3):
        with pytest.raises(RedisError):
            silent.client().ping()
    assert silent.new_connections() == 2


def test_calls_go_on_once_the_server_answers(shared_redis, monkeypatch):
    client = Redis.from_pool(BreakerPool.from_url(shared_redis))
    server = tuple(client.connection_pool.connection_kwargs.get(name) for name in ("host", "port", "path"))
    redis_pool._open(server)
    with pytest.raises(RedisError):
        client.ping()
    monkeypatch.setattr(redis_pool, "_open_until", {server: 0.0})
    assert (client.ping(), redis_pool._open_until) == (True, {})
