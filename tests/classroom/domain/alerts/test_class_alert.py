"""One moment of a class raises one alert: the class's contains those about the students who turned with it."""

import pytest

from classroom.alert_rules import CLASS_NEGATIVE, DEFAULTS
from classroom.domain.alerts.class_alert import BEGINS_BEFORE_S, OUTLASTS_S, ClassAlert
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.alerts.records import (
    acknowledge,
    acknowledge_all,
    current_alerts,
    fired_alerts,
    rules_for,
    save_rules,
)
from classroom.domain.alerts.replay import replay_session
from classroom.domain.readings.record import erase_readings
from classroom.domain.sessions import end_session
from classroom.models import Alert, AlertProgress
from tests import factories
from tests.classroom.domain.alerts.stories import later, leave, live, present, present_class, quick_session, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


def sad_class(session, count: int, from_s: int = 0, to_s: int = 60, *, until_s: int = 0) -> list:
    """A class of `count` students whose faces are sad from one moment to another, and happy afterwards."""
    students = present_class(session, count)
    for student in students:
        read(session, student, "sad", from_s, to_s)
        read(session, student, "happy", to_s, until_s)
    return students


def shown(session) -> list[tuple[str, int]]:
    """Each alert in view: its kind, and how many students it contains."""
    return [(row["kind"], len(row["explains"])) for row in current_alerts(session=session)]


@pytest.mark.parametrize(("count", "every_s"), [(28, 3), (300, 20)])
def test_one_moment_of_many_sad_faces_is_one_alert_in_view(session, count, every_s):
    students = sad_class(session, count)
    live(session, 60, every_s)
    assert Alert.objects.count() == count + 1
    [row] = current_alerts(session=session)
    assert row["kind"] == CLASS_NEGATIVE
    assert [each["student"] for each in row["explains"]] == [student.pk for student in students]
    assert [row["id"] for row in fired_alerts(session=session)] == [Alert.objects.get(kind=CLASS_NEGATIVE).pk]


def test_class_alert_still_contains_them_when_all_are_over(session):
    sad_class(session, 28, to_s=60, until_s=140)
    live(session, 140)
    assert not Alert.objects.open().exists()
    assert shown(session) == [("class_negative", 28)]


@pytest.mark.any_database
@pytest.mark.parametrize("count", [1, 3])
def test_too_few_students_for_a_class_alert_are_shown_one_by_one(session, count):
    sad_class(session, count)
    live(session, 60)
    assert shown(session) == [("student_negative", 0)] * count


@pytest.mark.any_database
def test_class_without_students_has_no_alert(session):
    live(session, 60)
    assert current_alerts(session=session) == []


def test_students_who_turn_before_there_are_enough_belong_to_the_class_alert():
    session = quick_session()
    first, *others = sad_class(session, 5, from_s=0, to_s=0)
    read(session, first, "sad", 0, 140)
    for student in others[:3]:
        read(session, student, "sad", 60, 140)
    live(session, 50)
    assert shown(session) == [("student_negative", 0)]
    live(session, 140)
    assert shown(session) == [("class_negative", 4)]


@pytest.mark.any_database
def test_student_who_turned_long_before_the_class_keeps_an_alert_of_their_own():
    session = quick_session()
    first, *others = sad_class(session, 5, from_s=0, to_s=0)
    read(session, first, "sad", 0, 300)
    for student in others:
        read(session, student, "sad", 200, 300)
    live(session, 300)
    assert shown(session) == [("class_negative", 4), ("student_negative", 0)]


def test_student_who_outlasts_the_class_alert_gets_their_own():
    session = quick_session()
    ada, *_ = sad_class(session, 5, to_s=60, until_s=300)
    ada.readings.filter(captured_at__gt=later(60)).delete()
    read(session, ada, "sad", 60, 300)
    live(session, 60)
    class_alert = Alert.objects.get(kind=CLASS_NEGATIVE)
    for second in range(60, 300, 5):
        evaluate_alerts(session=session, now=later(second))
        over = Alert.objects.get(pk=class_alert.pk).recovered_at
        outlasts = over is not None and Alert.objects.filter(student=ada, explained_by=None).exists()
        if outlasts:
            break
    until = AlertProgress.objects.get().until
    assert (until - over).total_seconds() == OUTLASTS_S
    assert shown(session) == [("student_negative", 0), ("class_negative", 4)]


def test_replay_tells_what_is_explained(session):
    sad_class(session, 6, to_s=60, until_s=140)
    live(session, 140)
    end_session(session=session, now=later(150))
    session.refresh_from_db()
    rules = {"same": rules_for(session.course), "none": {kind: _off(rule) for kind, rule in DEFAULTS.items()}}
    replayed = replay_session(session=session, rules=rules, now=later(9999))
    assert sorted((alert.kind, alert.is_explained) for alert in replayed["same"]) == [
        ("class_negative", False),
        *[("student_negative", True)] * 6,
    ]
    assert replayed["none"] == []


def _off(rule):
    return type(rule)(**{**vars(rule), "enabled": False})


@pytest.mark.any_database
def test_class_alerts_switched_off_leave_the_single_ones(session):
    save_rules(course=session.course, rules=[_off(DEFAULTS[CLASS_NEGATIVE])])
    sad_class(session, 6)
    live(session, 60)
    assert shown(session) == [("student_negative", 0)] * 6


def test_noting_the_class_alert_notes_what_it_contains(session):
    sad_class(session, 6)
    live(session, 60)
    teacher = session.course.teachers.get()
    alert = Alert.objects.get(kind=CLASS_NEGATIVE)
    assert acknowledge(alert=alert, teacher=teacher, now=later(60))
    assert set(Alert.objects.values_list("acknowledged_by", "acknowledged_at")) == {(teacher.pk, later(60))}
    assert not acknowledge(alert=alert, teacher=teacher, now=later(61))


def test_note_all_leaves_alerts_that_the_page_had_not_shown():
    session = quick_session()
    teacher = session.course.teachers.get()
    ada, ben = present(session, "Ada"), present(session, "Ben")
    read(session, ada, "sad", 0, 100)
    live(session, 40)
    newest = Alert.objects.get().pk
    read(session, ben, "sad", 40, 100)
    live(session, 100)
    assert acknowledge_all(session=session, newest=newest, teacher=teacher, now=later(100)) == 1
    [first, second] = current_alerts(session=session)
    assert (first["name"], first["acknowledged_by"]) == ("Ben", None)
    assert (second["name"], second["acknowledged_by"]) == ("Ada", {"id": teacher.pk, "name": teacher.display_name})


def test_open_alerts_come_by_gravity_and_noted_ones_after_them():
    session = quick_session()
    students = [present(session, name) for name in ("Ada", "Ben", "Chen", "Dara", "Eve", "Fay")]
    for student in students[3:]:
        leave(student, 20)
    read(session, students[0], "", 0, 200)
    read(session, students[1], "sad", 0, 200)
    read(session, students[2], "sad", 100, 200)
    live(session, 200)
    order = ["presence_low", "student_negative", "student_negative", "student_away"]
    rows = current_alerts(session=session)
    assert [row["kind"] for row in rows] == order
    assert [row["name"] for row in rows] == [None, "Chen", "Ben", "Ada"]
    acknowledge(alert=Alert.objects.get(kind="presence_low"), teacher=session.course.teachers.get(), now=later(200))
    assert [row["name"] for row in current_alerts(session=session)] == ["Chen", "Ben", "Ada", None]


def test_everyone_who_leaves_takes_their_alerts_along(session):
    students = sad_class(session, 6)
    live(session, 60)
    for student in students:
        leave(student, 60)
    live(session, 200)
    assert list(Alert.objects.open().values_list("kind", flat=True)) == ["presence_low"]
    assert shown(session) == [("presence_low", 0), ("class_negative", 6)]


def test_removed_student_stays_in_the_class_alert_and_their_own_is_over_within_a_minute(session):
    ada, *others = sad_class(session, 6, to_s=62)
    live(session, 60)
    session.course.enrolments.get(student=ada).delete()
    leave(ada, 62)
    for student in others:
        read(session, student, "sad", 62, 140)
    live(session, 140)
    assert [alert.student for alert in Alert.objects.filter(kind="student_negative").exclude(recovered_at=None)] == [
        ada
    ]
    assert shown(session) == [("class_negative", 6)]


def test_erased_student_leaves_the_class_alert_and_its_state(session):
    ada, *_ = sad_class(session, 6)
    live(session, 60)
    erase_readings(student=ada, now=later(61))
    assert shown(session) == [("class_negative", 5)]
    assert str(ada.pk) not in AlertProgress.objects.get().states["explained"]


def test_list_of_alerts_takes_two_queries(session, django_assert_num_queries):
    sad_class(session, 12)
    live(session, 60)
    with django_assert_num_queries(2):
        current_alerts(session=session)


@pytest.mark.parametrize(
    ("pending_at", "at", "explains"),
    [
        (1000 - BEGINS_BEFORE_S, 2000, True),
        (1000 - BEGINS_BEFORE_S - 1, 2000, False),
        (1999, 2000, True),
        (1999, 2000 + OUTLASTS_S - 1, True),
        (1999, 2000 + OUTLASTS_S, False),
        (2000, 2001, False),
    ],
)
def test_class_alert_explains_what_began_with_it_and_does_not_outlast_it(pending_at, at, explains):
    assert ClassAlert(1000, recovered_at=2000).explains(pending_at, at) is explains


def test_open_class_alert_explains_what_begins_later():
    assert ClassAlert(1000).explains(9000, 9010)
