"""The roll-ups against the readings that they sum up, to within 1e-9."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from classroom.domain.history import rollups
from classroom.domain.history.rollups import rebuild_rollups, rewind_watermark, roll_up, roll_up_unfinished
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline, student_timeline
from classroom.domain.readings.record import erase_readings
from classroom.measures import EXPRESSIONS, add_counts, valence
from classroom.models import ClassSession, ClassWindow, StudentMinute
from tests import factories
from tests.classroom.domain.history.session_shapes import add_students, end, later
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TOLERANCE = 1e-9
HOUR_LATER = NOW + timedelta(hours=1)


@pytest.fixture
def session():
    return factories.session()


def recompute(session):
    """Each student's readings, certain readings, mean and mean square of valence, without the database's sums."""
    figures = {}
    for student in {reading.student_id for reading in session.readings.all()}:
        readings = [reading for reading in session.readings.all() if reading.student_id == student]
        certain = [reading.probabilities for reading in readings if reading.faces and not reading.uncertain]
        mean = {name: sum(each[name] for each in certain) / len(certain) for name in EXPRESSIONS}
        square = sum(valence(each) ** 2 for each in certain) / len(certain)
        figures[student] = (len(readings), len(certain), mean, square)
    return figures


def sum_minutes(session, student):
    minutes = list(session.student_minutes.filter(student_id=student))
    certain = sum(minute.certain for minute in minutes)
    mean = {
        name: sum(minute.certain * getattr(minute, name) for minute in minutes if minute.certain) / certain
        for name in EXPRESSIONS
    }
    square = sum(minute.certain * minute.valence_square for minute in minutes if minute.certain) / certain
    return sum(minute.readings for minute in minutes), certain, mean, square


def assert_minutes_match_readings(session):
    for student, (readings, certain, mean, square) in recompute(session).items():
        stored = sum_minutes(session, student)
        assert stored[:2] == (readings, certain)
        assert stored[2] == pytest.approx(mean, abs=TOLERANCE)
        assert stored[3] == pytest.approx(square, abs=TOLERANCE)


def timeline_from_readings(session, until):
    """The timeline of the class without any roll-up."""
    unrolled = ClassSession.objects.get(pk=session.pk)
    unrolled.rolled_up_until = None
    return class_timeline(session=unrolled, until=until)


def assert_timeline_matches_readings(session, until, expected=None):
    timeline, expected = (
        class_timeline(session=session, until=until),
        expected or timeline_from_readings(session, until),
    )
    assert timeline == expected


def test_student_minutes_match_the_readings(session):
    add_students(session)
    end(session)
    assert_minutes_match_readings(session)


def test_summaries_match_the_readings(session):
    add_students(session)
    end(session)
    expected = recompute(session)
    summaries = student_summaries(session=session, now=NOW)
    assert len(summaries) == 3
    for summary in summaries:
        readings, certain, mean, _ = expected[summary.id]
        assert (summary.readings, summary.certain) == (readings, certain)
        assert summary.shares == pytest.approx(mean, abs=TOLERANCE)
        windows = student_timeline(session=session, student=summary.id, until=HOUR_LATER)
        counts = add_counts(window["counts"] for window in windows)
        # A window in which a student was read after their stay is not one of their stay's.
        assert {**summary.counts, "unread": 0} == {**counts, "unread": 0}


def test_stored_timeline_matches_the_readings(session):
    add_students(session)
    end(session)
    assert session.windows.count() == 61
    assert_timeline_matches_readings(session, HOUR_LATER)


@pytest.mark.parametrize("step_s", [60, 61, 95, 240])
def test_rolling_up_step_by_step_gives_the_same_figures(session, step_s):
    add_students(session, seconds=900)
    for seconds in range(30, 900, step_s):
        roll_up(session=session, now=later(seconds))
    end(session, 900)
    assert_timeline_matches_readings(session, HOUR_LATER)
    assert_minutes_match_readings(session)


def test_timeline_of_running_session_is_the_same_with_and_without_rollups(session):
    students = add_students(session, seconds=900)
    session.attendances.get(student=students[0]).stays.update(left_at=None, last_seen_at=later(880))
    for seconds in (400, 890):
        assert roll_up(session=session, now=later(seconds)) is True
    session.refresh_from_db()
    assert session.windows.exists()
    assert_timeline_matches_readings(session, later(899))


def test_second_roll_up_writes_nothing(session):
    add_students(session)
    end(session)
    ids = set(StudentMinute.objects.values_list("pk", flat=True))
    assert roll_up(session=session, now=later(601)) is False
    assert set(StudentMinute.objects.values_list("pk", flat=True)) == ids


def test_running_session_is_rolled_up_once_a_minute(session):
    add_students(session)
    assert roll_up(session=session, now=later(302)) is True
    assert roll_up(session=session, now=later(352)) is False
    assert roll_up(session=session, now=later(372)) is True


def test_roll_up_includes_reading_written_shortly_after_the_end(session):
    [student] = add_students(session, count=1)
    end(session)
    factories.reading(session, student, after_s=590.5, expression="angry")
    roll_up(session=session, now=later(1200))
    assert sum_minutes(session, student.pk)[0] == session.readings.count()


def test_rewound_watermark_includes_reading_written_long_after_the_end(session):
    [student] = add_students(session, count=1)
    end(session)
    roll_up(session=session, now=later(1200))
    rewind_watermark(factories.reading(session, student, after_s=3.25, expression="angry"))
    session.refresh_from_db()
    now = later(31 * 60)
    assert student_summaries(session=session, now=now)[0].readings == session.readings.count()
    assert roll_up_unfinished(now=now) == 1
    assert sum_minutes(session, student.pk)[0] == session.readings.count()
    assert_timeline_matches_readings(session, now)


def test_slower_of_two_workers_gives_up(session):
    """Calls the private function, to have two runs at once without threads."""
    add_students(session)
    slow = ClassSession.objects.get(pk=session.pk)
    assert roll_up(session=session, now=later(400)) is True
    assert rollups._write(slow, since=None, now=later(300)) is False
    session.refresh_from_db()
    assert session.rolled_up_until == later(390)


def test_roll_up_under_way_gives_up_when_a_student_is_erased(session):
    """Calls the private function, to have two runs at once without threads."""
    students = add_students(session)
    slow = ClassSession.objects.get(pk=session.pk)
    erase_readings(student=students[0], now=later(300))
    assert rollups._write(slow, since=None, now=later(300)) is False
    assert not ClassWindow.objects.exists()


def assert_rollups_leave_out(session, student):
    """The student's figures are gone at once, and the windows come back without them."""
    session.refresh_from_db()
    assert not StudentMinute.objects.filter(student=student).exists()
    assert not ClassWindow.objects.exists()
    expected = timeline_from_readings(session, HOUR_LATER)
    assert max(window["seen"] for window in expected) == 2
    assert_timeline_matches_readings(session, HOUR_LATER, expected)
    assert roll_up_unfinished(now=HOUR_LATER) == 1
    session.refresh_from_db()
    assert_timeline_matches_readings(session, HOUR_LATER, expected)


def test_erasing_readings_removes_the_student_from_every_rollup(session):
    students = add_students(session)
    end(session)
    erase_readings(student=students[0], now=HOUR_LATER)
    assert_rollups_leave_out(session, students[0])


def test_deleting_an_account_removes_the_student_from_every_rollup(session):
    students = add_students(session)
    end(session)
    pk = students[0].pk
    students[0].delete()
    assert_rollups_leave_out(session, pk)


def test_erasing_readings_leaves_other_students_unchanged(session):
    students = add_students(session)
    end(session)
    before = {summary.id: summary for summary in student_summaries(session=session, now=NOW)}
    erase_readings(student=students[0], now=HOUR_LATER)
    after = {summary.id: summary for summary in student_summaries(session=session, now=NOW)}
    assert after[students[1].pk] == before[students[1].pk]
    assert (after[students[0].pk].readings, after[students[0].pk].shares) == (0, None)


def test_roll_up_starts_over_when_the_clock_was_set_back(session):
    add_students(session)
    roll_up(session=session, now=NOW + timedelta(hours=5))
    end(session)
    assert session.windows.count() == 61
    assert_timeline_matches_readings(session, later(660))


@pytest.mark.parametrize("students", [1, 3])
def test_rebuilding_takes_the_same_queries_with_one_and_three_students(session, students, django_assert_num_queries):
    add_students(session, students, seconds=60)
    with django_assert_num_queries(10):
        rebuild_rollups(session=session, now=later(75))


@pytest.mark.parametrize("direction", ["code", "reverse_code"])
def test_migration_has_only_sessions_with_readings_rolled_up_again_in_both_directions(session, direction):
    student = factories.student_of(session.course)
    factories.attendance(session, student, left_at=later(60))
    factories.reading(session, student, after_s=3)
    end(session, 60)
    other = factories.session()
    end(other, 60)
    migration = import_module("classroom.migrations.0011_students_counted").Migration
    getattr(migration.operations[-1], direction)(apps, None)
    other.refresh_from_db()
    session.refresh_from_db()
    assert (session.rolled_up_until, other.rolled_up_until) == (None, later(60))
    assert roll_up_unfinished(now=later(200)) == 1
    assert session.windows.first().counts["happy"] == 1
