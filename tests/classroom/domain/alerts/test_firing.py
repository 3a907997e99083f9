"""Which series of readings fire and end an alert. Each student has one every two seconds; sessions begin at NOW."""

import pytest

from classroom.alert_rules import Rule
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.alerts.messages import reason
from classroom.domain.alerts.records import save_rules
from classroom.infra.missed_heartbeats import note_missed
from classroom.measures import EXPRESSIONS
from classroom.models import Alert, AlertProgress, Reading, Stay
from tests import factories
from tests.classroom.domain.alerts.stories import later, leave, live, present, quick_session, read, times_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def session():
    return quick_session()


def test_lasting_negative_expression_fires_once_and_recovers(session):
    ada = present(session, "Ada")
    read(session, ada, "happy", 0, 20)
    read(session, ada, "sad", 20, 60)
    read(session, ada, "happy", 60, 100)
    live(session, 100)
    alert = Alert.objects.get()
    assert (alert.kind, alert.student) == ("student_negative", ada)
    assert times_of(alert) == (15.0, 35.0, 75.0)


def test_reason_gives_how_many_of_how_many(session):
    ada = present(session, "Ada")
    read(session, ada, "sad", 0, 14)
    read(session, ada, "angry", 14, 20)
    live(session, 24)
    assert reason(Alert.objects.get()) == "Looks sad or angry in 10 of 10 readings over 20 s."


@pytest.mark.services
def test_reason_counts_readings_as_the_rule_does(session):
    ada = present(session, "Ada")
    mixed = dict.fromkeys(EXPRESSIONS, 0.0) | {"neutral": 0.35, "sad": 0.3, "fear": 0.25, "angry": 0.1}
    read(session, ada, "neutral", 0, 20, **mixed)
    live(session, 24)
    assert reason(Alert.objects.get()) == "Looks sad or fearful in 10 of 10 readings over 20 s."


@pytest.mark.services
def test_reason_leaves_out_uncertain_readings(session):
    ada = present(session, "Ada")
    read(session, ada, "sad", 0, 20)
    Reading.objects.filter(seq__in=(2, 4)).update(uncertain="too_dark")
    live(session, 24)
    assert "in 8 of 8 readings" in reason(Alert.objects.get())


@pytest.mark.services
def test_slow_snapshots_fire(session):
    """A server under load asks for one every eight seconds."""
    ada = present(session)
    read(session, ada, "sad", 0, 80)
    Reading.objects.exclude(seq__in=range(0, 80, 8)).delete()
    live(session, 80)
    assert times_of(Alert.objects.get()) == (10.0, 30.0, None)


def test_two_snapshots_fire_nothing(session):
    ada = present(session)
    read(session, ada, "sad", 0, 4)
    live(session, 60)
    assert not Alert.objects.exists()


def test_uncertain_faces_fire_nothing(session):
    ada = present(session)
    read(session, ada, "sad", 0, 60, uncertain="too_dark")
    live(session, 60)
    assert not Alert.objects.exists()


def test_window_is_evaluated_only_once_it_is_over(session):
    ada = present(session)
    read(session, ada, "sad", 0, 30)
    evaluate_alerts(session=session, now=later(21.9))
    assert not Alert.objects.exists()
    evaluate_alerts(session=session, now=later(22))
    assert Alert.objects.count() == 1


def test_missing_face_fires_after_a_minute(session):
    ada = present(session)
    read(session, ada, "", 0, 62)
    live(session, 63)
    alert = Alert.objects.get()
    assert (alert.kind, times_of(alert)) == ("student_away", (0.0, 60.0, None))
    assert reason(alert) == "Camera on, but no face in 30 of 30 readings over 60 s."


def test_camera_that_is_off_fires_nothing(session):
    ada = present(session)
    read(session, ada, "neutral", 0, 20)
    live(session, 200)
    assert not Alert.objects.exists()


def test_negative_class_fires_within_fifteen_seconds(session):
    for _ in range(4):
        student = present(session)
        read(session, student, "happy", 0, 20)
        read(session, student, "sad", 20, 40)
    live(session, 30)
    alert = Alert.objects.get(kind="class_negative")
    assert (alert.student, times_of(alert)) == (None, (15.0, 25.0, None))
    assert reason(alert) == "4 of 4 readable faces look mostly sad, angry, fearful or disgusted."


@pytest.mark.services
def test_faces_that_were_unreadable_before_count_once_read_for_half_a_window(session):
    for _ in range(4):
        student = present(session)
        read(session, student, "sad", 0, 20, uncertain="too_dark")
        read(session, student, "sad", 20, 40)
    live(session, 40)
    assert times_of(Alert.objects.get(kind="class_negative")) == (20.0, 30.0, None)


@pytest.mark.services
def test_three_negative_faces_are_too_few_for_a_class_alert(session):
    for _ in range(3):
        read(session, present(session), "sad", 0, 60)
    live(session, 60)
    assert set(Alert.objects.values_list("kind", flat=True)) == {"student_negative"}


def test_leaving_students_fire(session):
    students = [present(session) for _ in range(5)]
    for student in students[:2]:
        leave(student, 30)
    live(session, 100)
    alert = Alert.objects.get()
    assert (alert.kind, times_of(alert)) == ("presence_low", (20.0, 80.0, None))
    assert reason(alert) == "Only 3 students are still here (there were 5)."


def test_heartbeats_that_could_not_be_saved_are_no_departures(session):
    for _ in range(5):
        student = factories.student_of(session.course)
        factories.attendance(session, student, joined_at=later(0))
    Stay.objects.update(last_seen_at=later(60))
    live(session, 100)
    note_missed(now=later(70), holds_s=60)
    evaluate_alerts(session=session, now=later(300))
    assert not Alert.objects.exists()


def test_returning_students_recover_the_alert(session):
    students = [present(session) for _ in range(5)]
    for student in students[:2]:
        leave(student, 30)
        factories.attendance(session, student, joined_at=later(100), left_at=later(3000))
    live(session, 140)
    assert times_of(Alert.objects.get()) == (20.0, 80.0, 130.0)


def test_alert_is_over_a_minute_after_its_student_left(session):
    ada = present(session)
    read(session, ada, "sad", 0, 30)
    leave(ada, 30)
    live(session, 120)
    assert times_of(Alert.objects.get(kind="student_negative")) == (0.0, 20.0, 95.0)


def test_session_without_students_fires_nothing(session):
    live(session, 60)
    assert (Alert.objects.count(), AlertProgress.objects.get().until) == (0, later(55))


def test_second_device_fires_no_second_alert(session):
    ada = present(session)
    leave(ada, 15)
    factories.attendance(session, ada, joined_at=later(15), left_at=later(3000))
    read(session, ada, "sad", 0, 60)
    live(session, 60)
    assert Alert.objects.count() == 1


def test_disabled_rule_fires_nothing(session):
    save_rules(course=session.course, rules=[Rule("student_negative", False, 0.6, 0.4, 20, 10, 60)])
    read(session, present(session), "sad", 0, 60)
    live(session, 60)
    assert not Alert.objects.exists()
