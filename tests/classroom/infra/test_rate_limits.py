import pytest

from classroom.infra import rate_limits, redis
from classroom.infra.rate_limits import count_event, current_count


@pytest.fixture
def clock(monkeypatch):
    times = [1_700_000_000.0]
    monkeypatch.setattr(rate_limits, "_clock", lambda: times[0])
    return times


@pytest.mark.usefixtures("clock")
def test_events_are_counted_by_name_and_key():
    assert [count_event("joins", 7, period_s=60) for _ in range(3)] == [1, 2, 3]
    assert count_event("joins", 8, period_s=60) == 1
    assert count_event("commands", 7, period_s=60) == 1


@pytest.mark.usefixtures("clock")
def test_current_count_adds_nothing():
    assert current_count("joins", 7, period_s=60) == 0
    count_event("joins", 7, period_s=60)
    assert [current_count("joins", 7, period_s=60) for _ in range(2)] == [1, 1]


def test_next_period_begins_at_zero(clock):
    count_event("joins", 7, period_s=60)
    clock[0] += 60
    assert current_count("joins", 7, period_s=60) == 0
    assert count_event("joins", 7, period_s=60) == 1


def test_count_that_is_unavailable_is_zero(settings):
    settings.EMBEDDED, settings.CACHE_URL = False, "redis://127.0.0.1:1"
    redis.redis_client.cache_clear()
    assert count_event("joins", 7, period_s=60) == 0
    assert current_count("joins", 7, period_s=60) == 0
