import pytest

from classroom.infra.pending_store import ENTRIES, MemoryPendingStore, RedisPendingStore
from classroom.infra.redis import redis_client


@pytest.fixture(params=["memory", "redis"])
def store(request):
    if request.param == "memory":
        return MemoryPendingStore()
    request.getfixturevalue("shared_redis")
    return RedisPendingStore()


def test_store_returns_entries_oldest_first(store):
    assert [store.add(entry) for entry in ("a", "b", "c")] == [True, True, True]
    assert (store.oldest(2), store.size()) == (["a", "b"], 3)


def test_store_removes_one_entry(store):
    for entry in ("a", "b", "c"):
        store.add(entry)
    store.remove("b")
    assert store.oldest(9) == ["a", "c"]


def test_full_store_rejects_entries(store, settings):
    settings.KEPT_READINGS_MAX = 1
    assert [store.add(entry) for entry in ("a", "b")] == [True, False]


@pytest.mark.usefixtures("shared_redis")
def test_entries_in_redis_expire(settings):
    settings.KEPT_READINGS_S = 100
    RedisPendingStore().add("a")
    assert 0 < redis_client().ttl(ENTRIES) <= 100
