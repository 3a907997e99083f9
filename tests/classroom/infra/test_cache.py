"""The cache of distributed operation, in a real Redis: no value is a pickle, which would run code when it is read."""

import json
import os
import pickle
from datetime import UTC, datetime

import pytest
from django.core.cache.backends.redis import RedisCache

from classroom.infra.redis import redis_client
from config import services

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


class Exploit:
    """Creates a folder when unpickled."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.fixture
def redis_cache(shared_redis):
    configured = services.redis_cache(shared_redis)
    return RedisCache(configured.pop("LOCATION"), configured)


def test_pickle_in_redis_is_not_executed(redis_cache, tmp_path):
    evil = pickle.dumps(Exploit(str(tmp_path / "made")))
    pickle.loads(evil)  # noqa: S301  # shows that it works
    (tmp_path / "made").rmdir()
    redis_client().set(redis_cache.make_key("known"), evil)
    with pytest.raises(UnicodeDecodeError):
        redis_cache.get("known")
    assert list(tmp_path.iterdir()) == []


def test_values_lie_in_redis_as_json(redis_cache):
    redis_cache.set("entry", {"name": "Ada", "at": NOW})
    stored = json.loads(redis_client().get(redis_cache.make_key("entry")))
    assert stored == {"name": "Ada", "at": {"!datetime": "2026-11-02T10:00:00+00:00"}}
    assert redis_cache.get("entry") == {"name": "Ada", "at": NOW}


def test_numbers_are_counted_by_redis(redis_cache):
    redis_cache.add("number", 41, 60)
    assert (redis_cache.incr("number"), redis_cache.get("number")) == (42, 42)
