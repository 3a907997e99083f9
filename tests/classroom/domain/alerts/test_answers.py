"""A student's own answer outranks the face in alerts about negative expressions."""

import pytest

from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.self_reports import record_answer
from classroom.models import Alert
from tests.classroom.domain.alerts.stories import later, present, quick_session, read, times_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return quick_session()


def say(session, student, answer: str, after_s: float) -> None:
    record_answer(session=session, student=student, answer=answer, now=later(after_s))


def test_student_who_says_that_all_is_good_sets_off_no_alert(session):
    ada, ben = present(session, "Ada"), present(session, "Ben")
    for student, answer in ((ada, "all_good"), (ben, "lost")):
        read(session, student, "sad", 0, 60)
        say(session, student, answer, 3)
    evaluate_alerts(session=session, now=later(60))
    assert [alert.student for alert in Alert.objects.all()] == [ben]


def test_answer_ends_an_alert_that_has_fired(session):
    ada = present(session)
    read(session, ada, "sad", 0, 80)
    say(session, ada, "all_good", 41)
    evaluate_alerts(session=session, now=later(80))
    assert times_of(Alert.objects.get()) == (0.0, 20.0, 55.0)


def test_alert_fires_again_once_the_answer_no_longer_holds(session):
    ada = present(session)
    read(session, ada, "sad", 0, 240)
    say(session, ada, "all_good", 1)
    evaluate_alerts(session=session, now=later(178))
    assert not Alert.objects.exists()
    evaluate_alerts(session=session, now=later(240))
    assert Alert.objects.get().fired_at > later(181)


def test_later_answer_replaces_all_good(session):
    ada = present(session)
    read(session, ada, "sad", 0, 60)
    say(session, ada, "all_good", 1)
    say(session, ada, "lost", 15)
    evaluate_alerts(session=session, now=later(60))
    assert Alert.objects.get().fired_at > later(15)


def test_class_alert_counts_students_who_say_that_all_is_good_as_not_negative(session):
    students = [present(session) for _ in range(5)]
    for student in students:
        read(session, student, "sad", 0, 60)
    for student in students[:3]:
        say(session, student, "all_good", 3)
    evaluate_alerts(session=session, now=later(30))
    alert = Alert.objects.get(kind="class_negative")
    assert alert.figures == {"negative": 2, "seen": 5}
