from datetime import timedelta

import pytest

from classroom.alert_rules import Rule
from classroom.domain.alerts.signals import Track, signals_at, signals_between
from classroom.domain.sessions import end_session
from classroom.measures import EXPRESSIONS
from classroom.models import Stay
from tests import factories
from tests.classroom.episodes import replay
from tests.factories import NOW

pytestmark = pytest.mark.django_db
T0 = NOW.timestamp()


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def attend(session, count, *, until_s=None):
    left_at = later(until_s) if until_s else None
    return [
        factories.attendance(session, factories.student_of(session.course), left_at=left_at).student
        for _ in range(count)
    ]


@pytest.mark.any_database
@pytest.mark.parametrize(("gone", "peak", "percent"), [(2, 10, 20), (3, 10, 30), (3, 20, 15), (1, 4, 25), (7, 100, 7)])
def test_presence_alert_fires_and_recovers_exactly_at_its_thresholds(gone, peak, percent):
    session = factories.session()
    attend(session, peak - gone)
    attend(session, gone, until_s=12)
    Stay.objects.update(last_seen_at=later(3600))
    signals = signals_between(session=session, after=T0, until=T0 + 60, peak=0, now=later(60))
    series = [(each.at, each.values["presence_low", None]) for each in signals]
    fires_at = Rule("presence_low", True, enter=percent / 100, leave=0.01, hold_s=10, recover_s=0, cooldown_s=0)
    assert len(replay(series, fires_at)) == 1
    series += [(at + 3600, 1.0) for at, _ in series[:2]] + [(at + 3600, value) for at, value in series[2:]]
    recovers_at = Rule("presence_low", True, enter=0.9, leave=percent / 100, hold_s=10, recover_s=5, cooldown_s=0)
    [episode] = replay(series, recovers_at)
    assert episode.recovered_at is not None


@pytest.mark.parametrize("percent", [35, 40, 60, 75])
def test_negative_share_is_exact_at_a_threshold(percent):
    even = {**dict.fromkeys(EXPRESSIONS, 0.0), "sad": percent / 100, "neutral": 1 - percent / 100}
    for late_ms in range(0, 1000, 50):
        times = [T0 + 5 - late_ms / 1000 - 1.5 * age for age in range(5)][::-1]
        track = Track(times, [True] * 5, [even] * 5)
        signals = signals_at(int(T0) + 5, {1: track}, all_good=set(), present=1, peak=1)
        assert signals.values["student_negative", 1] == percent / 100


def test_overlapping_stays_of_a_student_count_once():
    """The clock was set back between the two stays."""
    session = factories.session()
    students = attend(session, 4, until_s=300)
    factories.attendance(session, students[0], joined_at=later(120), left_at=later(480))
    end_session(session=session, now=later(480))
    signals = signals_between(session=session, after=T0, until=T0 + 475, peak=0, now=later(500))
    assert {(each.present, each.peak) for each in signals} == {(4, 4), (1, 4)}
