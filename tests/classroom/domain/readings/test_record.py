from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ConsentText
from classroom.domain.consent.consents import withdraw_consent
from classroom.domain.readings.record import (
    Dropped,
    Read,
    SaveResult,
    build_result,
    count_readings,
    erase_readings,
    find_readable,
    record_readings,
)
from classroom.domain.sessions import end_session
from classroom.infra import events
from classroom.models import Attendance, ClassSession, Reading
from tests import factories
from tests.classroom.domain.readings.recognised import face, recognised, ref
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    student = factories.student_of(session.course)
    factories.attendance(session, student)
    return student


@pytest.fixture
def class_of_three(session):
    students = [factories.student_of(session.course) for _ in range(3)]
    for each in students:
        factories.attendance(session, each)
    return students


def record(session, student, *faces, **which) -> SaveResult:
    [result] = record_readings([recognised(session, student, *faces, **which)], now=NOW)
    return result


def saved(session, student, *faces, **which) -> Reading:
    result = record(session, student, *faces, **which)
    assert (result.saved, result.pending) == (True, False)
    return result.reading


def test_reading_holds_what_was_recognised(session, student):
    reading = saved(session, student, face())
    reading.refresh_from_db()
    assert (reading.box_x, reading.box_y, reading.box_w, reading.box_h) == (0.25, 0.25, 0.375, 0.5)
    assert (reading.faces, reading.expression, reading.uncertain, reading.model) == (1, "happy", "", "test")
    assert reading.probabilities == shares("happy")
    assert (reading.captured_at, reading.received_at) == (NOW - timedelta(milliseconds=40), NOW)
    assert (reading.face_score, reading.face_size, reading.brightness, reading.sharpness) == (0.9, 120.0, 0.5, 100.0)


def test_snapshot_without_a_face_is_read_too(session, student):
    read = record(session, student)
    reading = read.reading
    assert (reading.faces, reading.expression, reading.probabilities, reading.box_x) == (0, "", None, None)
    assert build_result(read)["box"] is None


def test_nearest_of_several_faces_is_read(session, student):
    reading = saved(session, student, face(size=40, expression="sad"), face(size=100, expression="fear"))
    assert (reading.faces, reading.expression) == (2, "fear")


def test_uncertain_reading_has_its_reason(session, student):
    assert build_result(record(session, student, face(uncertain="too_dark")))["uncertain"] == "too_dark"


def test_same_snapshot_is_recorded_once(session, student):
    first = saved(session, student, face())
    assert saved(session, student, face(expression="sad")) == first
    assert Reading.objects.get().expression == "happy"


def test_attendance_points_to_the_latest_reading(session, student):
    saved(session, student, face())
    second = saved(session, student, face(expression="sad"), seq=2, at=NOW + timedelta(seconds=2))
    assert Attendance.objects.get().latest_reading == second


def test_batch_is_saved_in_as_many_queries_as_one_reading(session, class_of_three, django_assert_num_queries):
    batch = [recognised(session, each, face()) for each in class_of_three]
    with django_assert_num_queries(4):  # begin, insert, update, commit
        results = record_readings(batch, now=NOW)
    assert [result.reading.student for result in results] == class_of_three
    assert {each.latest_reading for each in Attendance.objects.all()} == {result.reading for result in results}


def test_student_who_withdraws_is_dropped_without_the_others(session, class_of_three):
    batch = [recognised(session, each, face()) for each in class_of_three]
    withdraw_consent(student=class_of_three[1], now=NOW)
    first, refused, last = record_readings(batch, now=NOW)
    assert refused == Dropped("no_consent")
    assert {first.reading, last.reading} == set(Reading.objects.all())


def test_reading_that_was_saved_before_is_not_saved_again_with_a_batch(session, class_of_three):
    batch = [recognised(session, each, face()) for each in class_of_three]
    [before] = record_readings(batch[1:2], now=NOW)
    assert record_readings(batch, now=NOW)[1] == before == Read(before.reading, saved=True, pending=False)
    assert Reading.objects.count() == 3


def test_reading_that_the_database_rejects_fails_without_the_others(session, class_of_three):
    batch = [recognised(session, each, face()) for each in class_of_three]
    # The network never answers this, and the database rejects it: a face without an expression.
    batch[1] = recognised(session, class_of_three[1], face(expression="happy"))
    object.__setattr__(batch[1].recognition.faces[0], "expression", "")
    first, refused, last = record_readings(batch, now=NOW)
    assert refused == Dropped("failed")
    assert {first.reading, last.reading} == set(Reading.objects.all())


def test_tiles_of_a_session_travel_together(session, class_of_three, monkeypatch):
    elsewhere = factories.session()
    stranger = factories.student_of(elsewhere.course)
    factories.attendance(elsewhere, stranger)
    sent = []
    monkeypatch.setattr(events, "publish", lambda group, message: sent.append((group, message["tiles"])))
    batch = [*(recognised(session, each, face()) for each in class_of_three), recognised(elsewhere, stranger, face())]
    record_readings(batch, now=NOW)
    students = {group: [tile["id"] for tile in tiles] for group, tiles in sent}
    assert students == {
        events.teachers_group(session.pk): [each.pk for each in class_of_three],
        events.teachers_group(elsewhere.pk): [stranger.pk],
    }


def test_nothing_is_recorded_after_the_session(session, student):
    end_session(session=session, now=NOW)
    assert record(session, student, face()) == Dropped("ended")
    assert not Reading.objects.exists()


def test_nothing_is_recorded_once_consent_is_withdrawn(session, student):
    withdraw_consent(student=student, now=NOW)
    assert record(session, student, face()) == Dropped("no_consent")
    assert not Reading.objects.exists()


def test_running_class_records_under_the_consent_text_of_its_start(session, student):
    ClassSession.objects.filter(pk=session.pk).update(started_at=timezone.now())
    snapshot = recognised(session, student)
    ConsentText.objects.create(version=2, body="New words.")
    assert record_readings([snapshot], now=NOW)[0].saved
    ClassSession.objects.filter(pk=session.pk).update(started_at=timezone.now())
    assert find_readable([snapshot.ref]) == [Dropped("no_consent")]


def test_nothing_is_recorded_while_paused(session, student):
    Attendance.objects.update(camera="paused")
    assert record(session, student, face()) == Dropped("paused")


def test_student_who_never_joined_may_not_be_read(session):
    assert find_readable([ref(session, factories.student_of(session.course))]) == [Dropped("ended")]


def test_consent_counts_from_the_moment_its_text_applies(session, student, monkeypatch):
    applies_from = timezone.now() + timedelta(hours=1)
    text = ConsentText.objects.create(version=2, body="New words.", applies_from=applies_from)
    student.consents.update(text=text)
    assert find_readable([ref(session, student)]) == [Dropped("no_consent")]
    monkeypatch.setattr("django.utils.timezone.now", lambda: applies_from)
    [found] = find_readable([ref(session, student)])
    assert found == Attendance.objects.get()


def test_permissions_of_a_batch_take_one_query(session, class_of_three, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = find_readable([ref(session, each) for each in class_of_three])
    assert [attendance.student for attendance in found] == class_of_three


def test_erasing_readings_reloads_open_dashboards(session, student, monkeypatch):
    saved(session, student, face())
    sent = []
    monkeypatch.setattr(events, "publish", lambda group, message: sent.append((group, message["type"])))
    erase_readings(student=student, now=NOW)
    assert sent == [(events.teachers_group(session.pk), "class.changed")]


def test_erasing_readings_leaves_those_of_others(session, student):
    other = factories.student_of(session.course)
    factories.attendance(session, other)
    saved(session, student, face())
    saved(session, other, face())
    assert count_readings(student) == 1
    assert erase_readings(student=student, now=NOW) == 1
    assert [reading.student for reading in Reading.objects.all()] == [other]
    assert Attendance.objects.get(student=student).latest_reading is None
