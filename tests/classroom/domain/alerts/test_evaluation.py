"""Evaluation that runs twice, late, concurrently, as a replay, past the end and after the clock was set back."""

import pytest

from classroom.alert_rules import DEFAULTS, Rule
from classroom.domain.alerts.evaluation import evaluate_alerts, next_batch
from classroom.domain.alerts.records import rules_for
from classroom.domain.alerts.replay import replay_session
from classroom.domain.sessions import end_session
from classroom.models import Alert, AlertProgress
from tests.classroom.domain.alerts.stories import QUICK, later, leave, live, present, quick_session, read, times_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return quick_session()


def test_second_evaluation_changes_nothing(session):
    read(session, present(session), "sad", 0, 40)
    evaluate_alerts(session=session, now=later(40))
    before = AlertProgress.objects.values().get()
    assert evaluate_alerts(session=session, now=later(40)) == 0
    assert AlertProgress.objects.values().get() == before
    assert Alert.objects.count() == 1


def test_concurrent_evaluations_fire_once(session):
    """The slower one has computed from the same state when the faster one saves."""
    read(session, present(session), "sad", 0, 40)
    AlertProgress.objects.create(session=session, until=NOW)
    slow = next_batch(session, later(40))
    assert evaluate_alerts(session=session, now=later(40)) == 1
    assert slow.evaluate(later(40)) is None
    assert Alert.objects.count() == 1


def test_one_late_evaluation_equals_many(session):
    ada = present(session)
    read(session, ada, "sad", 0, 60)
    read(session, ada, "happy", 60, 100)
    evaluate_alerts(session=session, now=later(2000))
    assert times_of(Alert.objects.get()) == (0.0, 20.0, 75.0)


def test_replay_with_the_same_rules_gives_the_same_alerts(session):
    ada, others = present(session), [present(session) for _ in range(4)]
    read(session, ada, "sad", 0, 60)
    read(session, ada, "", 60, 200)
    for student in others:
        read(session, student, "angry", 80, 140)
        leave(student, 150)
    live(session, 240)
    end_session(session=session, now=later(250))
    session.refresh_from_db()
    replayed = replay_session(session=session, rules={"same": rules_for(session.course)}, now=later(9999))["same"]
    happened = {
        (each.kind, each.student_id, *times_of(each), bool(each.explained_by_id)) for each in Alert.objects.all()
    }
    assert len(happened) == 8
    assert {
        (each.kind, each.student and each.student.pk, *times_of(each), each.is_explained) for each in replayed
    } == happened


def test_replay_applies_other_thresholds(session):
    read(session, present(session), "sad", 0, 60)
    strict = DEFAULTS | {"student_negative": QUICK}
    lax = DEFAULTS | {"student_negative": Rule("student_negative", True, 0.97, 0.4, 20, 10, 60)}
    replayed = replay_session(session=session, rules={"strict": strict, "lax": lax}, now=later(60))
    assert {name: len(alerts) for name, alerts in replayed.items()} == {"strict": 1, "lax": 0}
    assert not Alert.objects.exists()


def test_end_of_session_ends_its_alerts(session):
    read(session, present(session), "sad", 0, 40)
    live(session, 40)
    end_session(session=session, now=later(41))
    assert times_of(Alert.objects.get()) == (0.0, 20.0, 41.0)


def test_nothing_is_evaluated_after_the_end(session, django_assert_num_queries):
    read(session, present(session), "sad", 0, 40)
    end_session(session=session, now=later(41))
    with django_assert_num_queries(1):
        assert evaluate_alerts(session=session, now=later(60)) == 0


def test_session_that_ends_at_once_has_no_alert(session):
    end_session(session=session, now=NOW)
    assert not Alert.objects.exists()


def test_session_across_midnight_fires(session):
    session.started_at = NOW.replace(hour=23, minute=59, second=30)
    session.save()
    into = int((session.started_at - NOW).total_seconds())
    ada = present(session)
    read(session, ada, "sad", into, into + 60)
    evaluate_alerts(session=session, now=later(into + 60))
    assert times_of(Alert.objects.get()) == (into, into + 20.0, None)


def test_clock_set_back_by_an_hour_is_followed(session):
    ada = present(session)
    evaluate_alerts(session=session, now=later(3600))
    read(session, ada, "sad", 60, 120)
    for second in range(60, 120, 5):
        evaluate_alerts(session=session, now=later(second))
    assert Alert.objects.get().fired_at < later(120)


def test_clock_set_back_by_seconds_is_waited_out(session):
    evaluate_alerts(session=session, now=later(62))
    evaluate_alerts(session=session, now=later(45))
    assert AlertProgress.objects.get().until == later(60)


def test_clock_set_back_recovers_no_alert_before_it_fired(session):
    read(session, present(session), "sad", 0, 40)
    evaluate_alerts(session=session, now=later(40))
    end_session(session=session, now=later(10))
    alert = Alert.objects.get()
    assert alert.recovered_at == alert.fired_at


def test_evaluation_takes_the_same_queries_for_five_and_nine_students(session, django_assert_num_queries):
    AlertProgress.objects.create(session=session, until=NOW)
    for count in (5, 4):
        for _ in range(count):
            read(session, present(session), "sad", 0, 60)
        Alert.objects.all().delete()
        AlertProgress.objects.update(until=NOW, states={})
        with django_assert_num_queries(13):
            evaluate_alerts(session=session, now=later(30))
