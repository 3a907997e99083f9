from datetime import timedelta
from typing import Any

import pytest

from accounts.consent import withdraw_consent
from classroom.domain.readings.record import (
    Look,
    ReadingRefused,
    attendances_to_read,
    erase_readings,
    record_readings,
    result_of,
)
from classroom.domain.sessions import end_session
from classroom.infra import events
from classroom.models import Attendance, Reading
from classroom.snapshots import SnapshotRef
from emotions.recognition import Face, FaceQuality, Recognition
from tests import factories
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db


def face(x=80.0, y=60.0, size=120.0, expression="happy", uncertain=None) -> Face:
    return Face(
        box=(x, y, size, size),
        score=0.9,
        probabilities=tuple(shares(expression).values()),
        expression=expression,
        uncertain=uncertain,
        quality=FaceQuality(size_px=size, brightness=0.5, sharpness=100.0),
    )


def recognition(*faces: Face) -> Recognition:
    return Recognition(width=320, height=240, faces=faces, model="test")


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    student = factories.student_of(session.course)
    factories.attendance(session, student)
    return student


def ref(session, student, seq=1, at=NOW) -> SnapshotRef:
    return SnapshotRef(
        session_id=session.pk,
        student_id=student.pk,
        seq=seq,
        captured_at=at - timedelta(milliseconds=40),
        received_at=at,
    )


def look(session, student, *faces, **which) -> Look:
    return Look(ref(session, student, **which), attendance_of(session, student), recognition(*faces))


def record(session, student, *faces, **which) -> Reading:
    return given(record_readings([look(session, student, *faces, **which)], now=NOW))


def given(found: list) -> Any:
    """What was found for the one that was asked for; raises if it is a refusal."""
    [each] = found
    if isinstance(each, ReadingRefused):
        raise each
    return each


def attendance_of(session, student) -> Attendance:
    """As it was found before the picture was looked at."""
    return Attendance.objects.select_related("session__course", "student").get(session=session, student=student)


def test_a_reading_keeps_what_was_read(session, student):
    reading = record(session, student, face())
    reading.refresh_from_db()
    assert (reading.box_x, reading.box_y, reading.box_w, reading.box_h) == (0.25, 0.25, 0.375, 0.5)
    assert (reading.faces, reading.expression, reading.uncertain, reading.model) == (1, "happy", "", "test")
    assert reading.probabilities == shares("happy")
    assert (reading.captured_at, reading.received_at) == (NOW - timedelta(milliseconds=40), NOW)
    assert (reading.face_score, reading.face_size, reading.brightness, reading.sharpness) == (0.9, 120.0, 0.5, 100.0)


def test_no_face_is_a_result_too(session, student):
    reading = record(session, student)
    assert (reading.faces, reading.expression, reading.probabilities, reading.box_x) == (0, "", None, None)
    assert result_of(reading)["box"] is None


def test_of_several_faces_the_nearest_is_read(session, student):
    reading = record(session, student, face(size=40, expression="sad"), face(size=100, expression="fear"))
    assert (reading.faces, reading.expression) == (2, "fear")


def test_an_uncertain_reading_keeps_its_reason(session, student):
    reading = record(session, student, face(uncertain="too_dark"))
    assert result_of(reading)["uncertain"] == "too_dark"


def test_the_same_snapshot_is_recorded_once(session, student):
    first = record(session, student, face())
    assert record(session, student, face(expression="sad")) == first
    assert Reading.objects.get().expression == "happy"


def test_the_latest_reading_is_at_hand(session, student):
    record(session, student, face())
    second = record(session, student, face(expression="sad"), seq=2, at=NOW + timedelta(seconds=2))
    assert Attendance.objects.get().latest_reading == second


@pytest.fixture
def class_of_three(session):
    students = [factories.student_of(session.course) for _ in range(3)]
    for each in students:
        factories.attendance(session, each)
    return students


def test_several_readings_are_saved_in_as_many_queries_as_one(session, class_of_three, django_assert_num_queries):
    looks = [look(session, each, face()) for each in class_of_three]
    with django_assert_num_queries(4):  # begin, insert, update, commit
        found = record_readings(looks, now=NOW)
    assert [reading.student for reading in found] == class_of_three
    assert {each.latest_reading for each in Attendance.objects.all()} == set(found)


def test_one_who_may_not_be_read_does_not_keep_others_from_it(session, class_of_three):
    looks = [look(session, each, face()) for each in class_of_three]
    withdraw_consent(user=class_of_three[1], now=NOW)
    first, refused, last = record_readings(looks, now=NOW)
    assert (refused.reason, {first, last}) == ("no_consent", set(Reading.objects.all()))


def test_of_several_those_saved_before_are_not_saved_again(session, class_of_three):
    looks = [look(session, each, face()) for each in class_of_three]
    [before] = record_readings(looks[1:2], now=NOW)
    assert record_readings(looks, now=NOW)[1] == before
    assert Reading.objects.count() == 3


def test_one_the_database_does_not_take_does_not_keep_others_from_it(session, class_of_three):
    looks = [look(session, each, face()) for each in class_of_three]
    # No answer of the network, but no database takes it: a face without an expression.
    looks[1] = look(session, class_of_three[1], face(expression="happy"))
    object.__setattr__(looks[1].recognition.faces[0], "expression", "")
    first, refused, last = record_readings(looks, now=NOW)
    assert (refused.reason, {first, last}) == ("failed", set(Reading.objects.all()))


def test_the_tiles_of_a_session_travel_together(session, class_of_three, monkeypatch):
    elsewhere = factories.session()
    stranger = factories.student_of(elsewhere.course)
    factories.attendance(elsewhere, stranger)
    told = []
    monkeypatch.setattr(events, "publish", lambda group, message: told.append((group, message["tiles"])))
    looks = [*(look(session, each, face()) for each in class_of_three), look(elsewhere, stranger, face())]
    record_readings(looks, now=NOW)
    students = {group: [tile["id"] for tile in tiles] for group, tiles in told}
    assert students == {
        events.teachers_group(session.pk): [each.pk for each in class_of_three],
        events.teachers_group(elsewhere.pk): [stranger.pk],
    }


def test_nothing_is_recorded_after_the_session(session, student):
    end_session(session=session, now=NOW)
    with pytest.raises(ReadingRefused, match="ended"):
        record(session, student, face())
    assert not Reading.objects.exists()


def test_nothing_is_recorded_once_consent_is_withdrawn(session, student):
    withdraw_consent(user=student, now=NOW)
    with pytest.raises(ReadingRefused, match="no_consent"):
        record(session, student, face())
    assert not Reading.objects.exists()


def test_nothing_is_recorded_while_paused(session, student):
    Attendance.objects.update(camera="paused")
    with pytest.raises(ReadingRefused, match="paused"):
        record(session, student, face())


def test_one_who_never_joined_may_not_be_read(session):
    with pytest.raises(ReadingRefused, match="ended"):
        given(attendances_to_read([ref(session, factories.student_of(session.course))]))


def test_open_dashboards_are_told_of_what_was_erased(session, student, monkeypatch):
    record(session, student, face())
    told = []
    monkeypatch.setattr(events, "publish", lambda group, message: told.append((group, message["type"])))
    erase_readings(student=student, now=NOW)
    assert told == [(events.teachers_group(session.pk), "class.changed")]


def test_erasing_takes_one_s_own_readings_alone(session, student):
    other = factories.student_of(session.course)
    factories.attendance(session, other)
    record(session, student, face())
    record(session, other, face())
    assert erase_readings(student=student, now=NOW) == 1
    assert [reading.student for reading in Reading.objects.all()] == [other]
    assert Attendance.objects.get(student=student).latest_reading is None
