"""The roll-ups against the readings they sum, to 1e-9."""

import random
from datetime import timedelta

import pytest

from classroom.domain.history.rollups import rebuild_rollups, rewind_watermark, roll_up, roll_up_unfinished
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline
from classroom.domain.readings.record import erase_readings
from classroom.domain.sessions import end_session
from classroom.measures import EXPRESSIONS, valence
from classroom.models import ClassSession, ClassWindow, StudentMinute
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CLOSE = 1e-9


@pytest.fixture
def session():
    return factories.session()


def a_class(session, students=3, seconds=600, seed=1):
    """Students with readings of every kind at odd times; returns them."""
    chance = random.Random(seed)
    made = []
    for number in range(students):
        student = factories.student_of(session.course, f"Student {number}")
        factories.attendance(session, student, left_at=NOW + timedelta(seconds=seconds - 20 * number))
        for at in range(number, seconds, 7):
            factories.reading(session, student, after_s=at + chance.random(), **_what(chance))
        made.append(student)
    return made


def _what(chance):
    if chance.random() < 0.2:
        return {"expression": ""}
    weights = [chance.random() for _ in EXPRESSIONS]
    shares = {name: weight / sum(weights) for name, weight in zip(EXPRESSIONS, weights, strict=True)}
    dominant = max(shares, key=shares.__getitem__)
    return {"expression": dominant, "uncertain": chance.choice(["", "", "", "flat"]), **shares}


def ended(session, after_s=600):
    end_session(session=session, now=NOW + timedelta(seconds=after_s))
    session.refresh_from_db()
    return session


def by_hand(session):
    """Each student's readings, certain readings, mean and mean square of valence, without the database's sums."""
    found = {}
    for student in {reading.student_id for reading in session.readings.all()}:
        readings = [reading for reading in session.readings.all() if reading.student_id == student]
        certain = [reading.probabilities for reading in readings if reading.faces and not reading.uncertain]
        mean = {name: sum(each[name] for each in certain) / len(certain) for name in EXPRESSIONS}
        square = sum(valence(each) ** 2 for each in certain) / len(certain)
        found[student] = (len(readings), len(certain), mean, square)
    return found


def from_minutes(session, student):
    minutes = list(session.student_minutes.filter(student_id=student))
    certain = sum(minute.certain for minute in minutes)
    mean = {
        name: sum(minute.certain * getattr(minute, name) for minute in minutes if minute.certain) / certain
        for name in EXPRESSIONS
    }
    square = sum(minute.certain * minute.valence_square for minute in minutes if minute.certain) / certain
    return sum(minute.readings for minute in minutes), certain, mean, square


def assert_minutes_equal_readings(session):
    for student, (readings, certain, mean, square) in by_hand(session).items():
        found = from_minutes(session, student)
        assert found[:2] == (readings, certain)
        assert found[2] == pytest.approx(mean, abs=CLOSE)
        assert found[3] == pytest.approx(square, abs=CLOSE)


def assert_same_windows(found, expected):
    assert [(each["at"], each["seen"], each["present"]) for each in found] == [
        (each["at"], each["seen"], each["present"]) for each in expected
    ]
    for one, other in zip(found, expected, strict=True):
        if other["probabilities"] is None:
            assert one["probabilities"] is None
        else:
            assert one["probabilities"] == pytest.approx(other["probabilities"], abs=CLOSE)


def from_readings(session, until):
    """The timeline of the class as it is without any roll-up."""
    unrolled = ClassSession.objects.get(pk=session.pk)
    unrolled.rolled_up_until = None
    return class_timeline(session=unrolled, until=until)


def test_the_minutes_of_each_student_equal_her_readings(session):
    a_class(session)
    ended(session)
    assert_minutes_equal_readings(session)


def test_the_report_s_figures_equal_the_readings(session):
    a_class(session)
    ended(session)
    expected = by_hand(session)
    rows = student_summaries(session=session, now=NOW)
    assert len(rows) == 3
    for row in rows:
        readings, certain, mean, _ = expected[row.id]
        assert (row.readings, row.certain) == (readings, certain)
        assert row.shares == pytest.approx(mean, abs=CLOSE)


def test_the_stored_timeline_equals_the_readings(session):
    a_class(session)
    ended(session)
    until = NOW + timedelta(hours=1)
    assert session.windows.count() == 61
    assert_same_windows(class_timeline(session=session, until=until), from_readings(session, until))


@pytest.mark.parametrize("step_s", [60, 61, 95, 240])
def test_rolling_up_bit_by_bit_comes_to_the_same(session, step_s):
    a_class(session, seconds=900)
    for seconds in range(30, 900, step_s):
        roll_up(session=session, now=NOW + timedelta(seconds=seconds))
    ended(session, 900)
    until = NOW + timedelta(hours=1)
    assert_same_windows(class_timeline(session=session, until=until), from_readings(session, until))
    assert_minutes_equal_readings(session)


def test_a_running_class_shows_the_same_timeline_with_roll_ups_and_without(session):
    students = a_class(session, seconds=900)
    session.attendances.get(student=students[0]).stays.update(left_at=None, last_seen_at=NOW + timedelta(seconds=880))
    for seconds in (400, 890):
        assert roll_up(session=session, now=NOW + timedelta(seconds=seconds)) is True
    session.refresh_from_db()
    until = NOW + timedelta(seconds=899)
    assert session.windows.exists()
    assert_same_windows(class_timeline(session=session, until=until), from_readings(session, until))


def test_a_second_roll_up_writes_nothing(session):
    a_class(session)
    ended(session)
    ids = set(StudentMinute.objects.values_list("pk", flat=True))
    assert roll_up(session=session, now=NOW + timedelta(seconds=601)) is False
    assert set(StudentMinute.objects.values_list("pk", flat=True)) == ids


def test_a_running_session_is_rolled_up_once_a_minute(session):
    a_class(session)
    at = NOW + timedelta(seconds=302)
    assert roll_up(session=session, now=at) is True
    assert roll_up(session=session, now=at + timedelta(seconds=50)) is False
    assert roll_up(session=session, now=at + timedelta(seconds=70)) is True


def test_a_reading_of_the_last_minutes_is_picked_up(session):
    [student] = a_class(session, students=1)
    ended(session)
    factories.reading(session, student, after_s=590.5, expression="angry")
    roll_up(session=session, now=NOW + timedelta(minutes=20))
    assert from_minutes(session, student.pk)[0] == session.readings.count()


def test_a_reading_written_long_after_the_class_is_picked_up(session):
    [student] = a_class(session, students=1)
    ended(session)
    roll_up(session=session, now=NOW + timedelta(minutes=20))
    rewind_watermark(factories.reading(session, student, after_s=3.25, expression="angry"))
    session.refresh_from_db()
    late = NOW + timedelta(minutes=31)
    assert student_summaries(session=session, now=late)[0].readings == session.readings.count()
    assert roll_up_unfinished(now=late) == 1
    assert from_minutes(session, student.pk)[0] == session.readings.count()
    assert_same_windows(class_timeline(session=session, until=late), from_readings(session, late))


def test_of_two_workers_the_slower_gives_way(session):
    from classroom.domain.history import rollups  # noqa: PLC0415  # its inside: two at once, without threads

    a_class(session)
    slow = type(session).objects.get(pk=session.pk)
    now = NOW + timedelta(seconds=400)
    assert roll_up(session=session, now=now) is True
    assert rollups._write(slow, since=None, now=now - timedelta(seconds=100)) is False
    session.refresh_from_db()
    assert session.rolled_up_until == NOW + timedelta(seconds=390)


def test_erasing_takes_the_student_out_of_every_roll_up(session):
    students = a_class(session)
    ended(session)
    erase_readings(student=students[0], now=NOW + timedelta(hours=1))
    session.refresh_from_db()
    assert not StudentMinute.objects.filter(student=students[0]).exists()
    assert not ClassWindow.objects.exists()
    until = NOW + timedelta(hours=1)
    without_her = from_readings(session, until)
    assert max(window["seen"] for window in without_her) == 2
    assert_same_windows(class_timeline(session=session, until=until), without_her)
    assert roll_up_unfinished(now=until) == 1
    session.refresh_from_db()
    assert_same_windows(class_timeline(session=session, until=until), without_her)


def test_a_roll_up_under_way_keeps_nothing_of_one_who_is_erased(session):
    from classroom.domain.history import rollups  # noqa: PLC0415  # its inside: two at once, without threads

    students = a_class(session)
    slow = type(session).objects.get(pk=session.pk)
    erase_readings(student=students[0], now=NOW + timedelta(seconds=300))
    assert rollups._write(slow, since=None, now=NOW + timedelta(seconds=300)) is False
    assert not ClassWindow.objects.exists()


def test_a_deleted_account_is_taken_out_of_every_roll_up(session):
    students = a_class(session)
    ended(session)
    students[0].delete()
    session.refresh_from_db()
    until = NOW + timedelta(hours=1)
    without_her = from_readings(session, until)
    assert max(window["seen"] for window in without_her) == 2
    assert_same_windows(class_timeline(session=session, until=until), without_her)
    assert roll_up_unfinished(now=until) == 1
    session.refresh_from_db()
    assert_same_windows(class_timeline(session=session, until=until), without_her)


def test_erasing_leaves_the_others_figures(session):
    students = a_class(session)
    ended(session)
    before = {row.id: row for row in student_summaries(session=session, now=NOW)}
    erase_readings(student=students[0], now=NOW + timedelta(hours=1))
    after = {row.id: row for row in student_summaries(session=session, now=NOW)}
    assert after[students[1].pk] == before[students[1].pk]
    assert (after[students[0].pk].readings, after[students[0].pk].shares) == (0, None)


def test_a_clock_set_back_makes_it_begin_anew(session):
    a_class(session)
    roll_up(session=session, now=NOW + timedelta(hours=5))
    ended(session, 600)
    until = NOW + timedelta(minutes=11)
    assert_same_windows(class_timeline(session=session, until=until), from_readings(session, until))


def test_windows_of_before_the_end_are_gone_when_the_end_is_earlier(session):
    a_class(session)
    roll_up(session=session, now=NOW + timedelta(hours=5))
    ended(session, 600)
    assert session.windows.count() == 61


@pytest.mark.parametrize("students", [1, 3])
def test_rolling_up_takes_few_queries_for_one_and_three_students(session, students, django_assert_num_queries):
    a_class(session, students, seconds=60)
    with django_assert_num_queries(11):
        rebuild_rollups(session=session, now=NOW + timedelta(seconds=75))


def test_a_session_with_nobody_has_empty_windows(session):
    ended(session, 30)
    timeline = class_timeline(session=session, until=NOW + timedelta(hours=1))
    assert [(window["seen"], window["present"], window["probabilities"]) for window in timeline] == [(0, 0, None)] * 4
    assert not session.windows.exists()
