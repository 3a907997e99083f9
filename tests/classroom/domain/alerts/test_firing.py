"""What fires an alert, and what ends it: one reading every two seconds for each student, sessions begin at NOW."""

import pytest

from classroom.alert_rules import Rule
from classroom.domain.alerts.evaluation import evaluate_alerts, save_rules
from classroom.domain.alerts.messages import reason
from classroom.models import Alert, AlertProgress, Reading
from tests import factories
from tests.classroom.domain.alerts.stories import later, leave, live, present, quick_session, read, times_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return quick_session()


def test_a_lasting_negative_expression_fires_once_and_recovers(session):
    ada = present(session, "Ada")
    read(session, ada, "happy", 0, 20)
    read(session, ada, "sad", 20, 60)
    read(session, ada, "happy", 60, 100)
    live(session, 100)
    alert = Alert.objects.get()
    assert (alert.kind, alert.student) == ("student_negative", ada)
    assert times_of(alert) == (15.0, 35.0, 75.0)


def test_the_reason_says_how_many_of_how_many(session):
    ada = present(session, "Ada")
    read(session, ada, "sad", 0, 14)
    read(session, ada, "angry", 14, 20)
    live(session, 24)
    assert reason(Alert.objects.get()) == ("Face has read mostly as sad or angry for 20 s (10 of 10 snapshots).")


def test_snapshots_that_tell_nothing_are_no_part_of_the_reason(session):
    ada = present(session, "Ada")
    read(session, ada, "sad", 0, 20)
    Reading.objects.filter(seq__in=(2, 4)).update(uncertain="too_dark")
    live(session, 24)
    assert reason(Alert.objects.get()).endswith("(8 of 8 snapshots).")


def test_slow_snapshots_fire_too(session):
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


def test_a_window_is_evaluated_when_it_is_over_and_no_sooner(session):
    ada = present(session)
    read(session, ada, "sad", 0, 30)
    evaluate_alerts(session=session, now=later(21.9))
    assert not Alert.objects.exists()
    evaluate_alerts(session=session, now=later(22))
    assert Alert.objects.count() == 1


def test_a_face_that_is_away_for_long_fires(session):
    ada = present(session)
    read(session, ada, "", 0, 62)
    live(session, 63)
    alert = Alert.objects.get()
    assert (alert.kind, times_of(alert)) == ("student_away", (0.0, 60.0, None))
    assert reason(alert) == "Camera on, but mostly no face for 60 s (30 of 30 snapshots)."


def test_a_camera_that_is_off_is_not_away(session):
    ada = present(session)
    read(session, ada, "neutral", 0, 20)
    live(session, 200)
    assert not Alert.objects.exists()


def test_the_class_s_negative_share_fires_within_fifteen_seconds(session):
    for _ in range(4):
        student = present(session)
        read(session, student, "happy", 0, 20)
        read(session, student, "sad", 20, 40)
    live(session, 30)
    alert = Alert.objects.get(kind="class_negative")
    assert (alert.student, times_of(alert)) == (None, (15.0, 25.0, None))
    assert reason(alert) == "4 of the 4 faces seen read mostly as sad, angry, fearful or disgusted."


def test_three_faces_are_too_few_for_the_class(session):
    for _ in range(3):
        read(session, present(session), "sad", 0, 60)
    live(session, 60)
    assert set(Alert.objects.values_list("kind", flat=True)) == {"student_negative"}


def test_students_who_leave_fire(session):
    students = [present(session) for _ in range(5)]
    for student in students[:2]:
        leave(student, 30)
    live(session, 100)
    alert = Alert.objects.get()
    assert (alert.kind, times_of(alert)) == ("presence_low", (20.0, 80.0, None))
    assert reason(alert) == "Only 3 students are here; at most there were 5."


def test_students_who_come_back_recover_it(session):
    students = [present(session) for _ in range(5)]
    for student in students[:2]:
        leave(student, 30)
        factories.attendance(session, student, joined_at=later(100), left_at=later(3000))
    live(session, 140)
    assert times_of(Alert.objects.get()) == (20.0, 80.0, 130.0)


def test_an_alert_of_a_student_who_left_is_over_after_a_minute(session):
    ada = present(session)
    read(session, ada, "sad", 0, 30)
    leave(ada, 30)
    live(session, 120)
    assert times_of(Alert.objects.get(kind="student_negative")) == (0.0, 20.0, 95.0)


def test_without_a_student_there_is_nothing_to_say(session):
    live(session, 60)
    assert (Alert.objects.count(), AlertProgress.objects.get().until) == (0, later(55))


def test_a_second_device_makes_no_second_alert(session):
    ada = present(session)
    leave(ada, 15)
    factories.attendance(session, ada, joined_at=later(15), left_at=later(3000))
    read(session, ada, "sad", 0, 60)
    live(session, 60)
    assert Alert.objects.count() == 1


def test_a_rule_that_is_off_fires_nothing(session):
    save_rules(course=session.course, rules=[Rule("student_negative", False, 0.6, 0.4, 20, 10, 60)])
    read(session, present(session), "sad", 0, 60)
    live(session, 60)
    assert not Alert.objects.exists()
