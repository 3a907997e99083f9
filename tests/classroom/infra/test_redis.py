import pytest
import redis

from classroom import checks
from classroom.infra.redis import writes_to_disk
from tests.server import free_port


@pytest.fixture
def redis_server(shared_redis, settings):
    settings.CHANNEL_URL = settings.BROKER_URL = shared_redis
    with redis.Redis.from_url(shared_redis) as client:
        yield client
        client.config_set("save", "")
        client.config_set("appendonly", "no")


def found() -> list[str]:
    return [message.id for message in checks.redis_keeps_nothing_on_disk(None)]


def test_redis_in_memory_alone_passes(redis_server, shared_redis):
    assert not writes_to_disk(shared_redis)
    assert found() == []


@pytest.mark.parametrize(("setting", "value"), [("save", "3600 1"), ("appendonly", "yes")])
def test_redis_that_writes_to_a_disk_is_reported_once(redis_server, setting, value):
    redis_server.config_set(setting, value)
    assert found() == ["classroom.W004"]


def test_redis_that_forbids_the_question_is_reported(redis_server, shared_redis, settings):
    redis_server.execute_command("ACL", "SETUSER", "product", "on", ">secret", "~*", "&*", "+@all", "-config")
    settings.CACHE_URL = settings.CHANNEL_URL = settings.BROKER_URL = shared_redis.replace("//", "//product:secret@")
    [message] = checks.redis_keeps_nothing_on_disk(None)
    assert (message.id, message.msg) == (
        "classroom.W005",
        "Redis at 127.0.0.1 does not tell whether it writes to a disk.",
    )


def test_each_redis_is_asked(redis_server, settings):
    settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    redis_server.config_set("appendonly", "yes")
    assert sorted(found()) == ["classroom.I001", "classroom.W004"]


def test_embedded_product_has_no_redis_to_ask(settings):
    settings.EMBEDDED = True
    assert found() == []
