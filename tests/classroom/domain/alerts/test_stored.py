"""Stored alerts: acknowledged, erased with their readings, and listed for the teacher."""

import pytest

from classroom.domain.alerts.evaluation import evaluate_alerts, next_batch
from classroom.domain.alerts.records import RECENT, acknowledge, alert_row, current_alerts
from classroom.domain.readings.record import erase_readings
from classroom.models import Alert, AlertKind, AlertProgress
from tests.classroom.domain.alerts.stories import later, present, quick_session, read
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return quick_session()


def test_acknowledge_succeeds_once(session):
    read(session, present(session), "sad", 0, 40)
    evaluate_alerts(session=session, now=later(40))
    alert, teacher = Alert.objects.get(), session.course.teachers.get()
    answers = [acknowledge(alert=alert, teacher=teacher, now=later(second)) for second in (41, 50)]
    alert.refresh_from_db()
    assert (answers, alert.acknowledged_at, alert.acknowledged_by) == ([True, False], later(41), teacher)


def test_erasing_readings_erases_their_alerts(session):
    ada, ben = present(session, "Ada"), present(session, "Ben")
    for student in (ada, ben):
        read(session, student, "sad", 0, 40)
    evaluate_alerts(session=session, now=later(40))
    erase_readings(student=ada, now=later(41))
    assert [alert.student for alert in Alert.objects.all()] == [ben]
    evaluate_alerts(session=session, now=later(120))
    assert [alert.student for alert in Alert.objects.all()] == [ben]


def test_erasing_readings_erases_the_state_of_pending_alerts(session):
    ada, ben = present(session, "Ada"), present(session, "Ben")
    for student in (ada, ben):
        read(session, student, "sad", 0, 20)
    evaluate_alerts(session=session, now=later(20))
    erase_readings(student=ada, now=later(21))
    assert list(AlertProgress.objects.get().states["states"]) == [f"student_negative:{ben.pk}"]


def test_evaluation_under_way_fires_nothing_about_erased_student(session):
    ada = present(session, "Ada")
    read(session, ada, "sad", 0, 40)
    evaluate_alerts(session=session, now=later(20))
    slow = next_batch(session, later(40))
    erase_readings(student=ada, now=later(40))
    read(session, ada, "sad", 20, 40)  # what the slow evaluation had read before
    assert slow.evaluate(later(40)) is None
    assert not Alert.objects.exists()


def make_alerts(session, student, count: int) -> None:
    Alert.objects.bulk_create(
        Alert(
            session=session,
            student=student,
            kind=AlertKind.STUDENT_AWAY,
            pending_at=later(number),
            fired_at=later(number),
            recovered_at=later(number),
            figures={"seconds": 60, "matching": 30, "snapshots": 30},
        )
        for number in range(count)
    )


def test_current_alerts_are_the_last_few_of_ten_thousand(session):
    ada = present(session, "Ada")
    make_alerts(session, ada, 10_000)
    shown = current_alerts(session=session)
    assert [row["fired_at"] for row in shown] == [later(9_999 - place).timestamp() for place in range(RECENT)]


def test_current_alerts_prefer_class_alert_to_student_alerts_over_at_the_same_time(session):
    ada = present(session, "Ada")
    make_alerts(session, None, 1)
    make_alerts(session, ada, 2 * RECENT)
    session.alerts.update(recovered_at=later(2 * RECENT))
    shown = current_alerts(session=session)
    assert [row["name"] for row in shown] == ["Ada"] * (RECENT - 1) + [None]


def test_current_alerts_include_open_ones_however_old(session):
    ada = present(session, "Ada")
    make_alerts(session, ada, 20)
    Alert.objects.filter(fired_at=NOW).update(recovered_at=None)
    assert current_alerts(session=session)[0]["fired_at"] == NOW.timestamp()


def test_alert_row_names_its_student(session):
    ada = present(session, "Ada")
    make_alerts(session, ada, 1)
    row = alert_row(Alert.objects.get())
    assert (row["student"], row["name"], row["acknowledged_at"]) == (ada.pk, "Ada", None)
