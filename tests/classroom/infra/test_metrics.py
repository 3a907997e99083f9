from classroom.infra.metrics import RECENT_MINUTES, RecentOutcomes


def test_recent_outcomes_are_those_of_the_last_minutes():
    recent = RecentOutcomes()
    for minute in range(RECENT_MINUTES + 1):
        recent.add("read", at_s=60 * minute + 30)
    recent.add("stale", at_s=60 * RECENT_MINUTES + 30)
    now = 60 * RECENT_MINUTES + 59
    assert recent.counts(at_s=now) == {"read": RECENT_MINUTES, "stale": 1}
    assert recent.counts(at_s=now + 60) == {"read": RECENT_MINUTES - 1, "stale": 1}
    assert recent.counts(at_s=now + 60 * RECENT_MINUTES) == {}


def test_recent_outcomes_do_not_grow():
    recent = RecentOutcomes()
    for minute in range(1000):
        recent.add("read", at_s=60 * minute)
    assert len(recent._by_minute) == RECENT_MINUTES
