"""Classes that a process of the previous version, which does not count students, rolled up during an upgrade."""

from datetime import timedelta

import pytest

from classroom.domain.history.comparison import session_rows, sessions_held
from classroom.domain.history.rollups import UPGRADE_TIME, roll_up, roll_up_unfinished
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline
from classroom.models import ClassWindow, StudentMinute
from classroom.models.expressions import SHOWN_FIELDS
from tests import factories
from tests.classroom.domain.history.session_shapes import add_students, end, later
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR_LATER = NOW + timedelta(hours=1)


@pytest.fixture
def session():
    session = factories.session()
    add_students(session)
    return session


def uncount(session, before):
    """Make the roll-ups before that moment look as the previous version wrote them."""
    for rows in (session.windows, session.student_minutes):
        rows.filter(at__lt=before).update(**dict.fromkeys(SHOWN_FIELDS))


def figures(session):
    """Everything that is counted. Means may differ in the last digit with the order in which the database sums up."""
    summaries = student_summaries(session=session, now=HOUR_LATER)
    return [each.counts for each in summaries], class_timeline(session=session, until=HOUR_LATER)


def end_and_uncount(session):
    """Return the right figures."""
    end(session)
    roll_up(session=session, now=later(1200))
    expected = figures(session)
    uncount(session, later(300))
    return expected


def test_counts_of_a_part_of_the_class_are_not_given(session):
    end_and_uncount(session)
    session.readings.all().delete()
    summaries = student_summaries(session=session, now=HOUR_LATER)
    assert [each.counts for each in summaries] == [None, None, None]
    assert all(each.shares for each in summaries)
    [row] = session_rows(sessions=sessions_held(course=session.course), now=HOUR_LATER)
    assert row.summary.counts is None
    assert row.summary.mix == row.summary.mean


def test_minutes_without_a_face_need_no_counts():
    session = factories.session()
    student = factories.student_of(session.course)
    factories.attendance(session, student, left_at=later(180))
    factories.reading(session, student, after_s=5, expression="")
    factories.reading(session, student, after_s=125, expression="happy")
    end(session, 180)
    [expected] = student_summaries(session=session, now=HOUR_LATER)
    uncount(session, later(60))
    assert student_summaries(session=session, now=HOUR_LATER) == [expected]
    assert expected.counts["happy"] == 1


def test_opened_report_is_rolled_up_again(session):
    expected = end_and_uncount(session)
    assert figures(session) != expected
    assert roll_up(session=session, now=HOUR_LATER) is True
    assert figures(session) == expected
    assert roll_up(session=session, now=HOUR_LATER) is False


def test_scheduled_task_rolls_up_again(session):
    expected = end_and_uncount(session)
    assert roll_up_unfinished(now=HOUR_LATER) == 1
    session.refresh_from_db()
    assert figures(session) == expected
    assert roll_up_unfinished(now=HOUR_LATER) == 0


def test_running_class_is_rolled_up_from_its_start(session):
    roll_up(session=session, now=later(530))
    uncount(session, later(200))
    roll_up(session=session, now=later(595))
    assert not ClassWindow.objects.filter(shown_neutral=None).exists()
    assert not StudentMinute.objects.filter(shown_neutral=None).exists()


def test_roll_ups_without_readings_stay(session):
    end_and_uncount(session)
    session.readings.all().delete()
    assert roll_up_unfinished(now=HOUR_LATER) == 0
    assert ClassWindow.objects.filter(shown_neutral=None).exists()


def test_old_classes_are_left_to_the_command(session):
    end_and_uncount(session)
    assert roll_up_unfinished(now=later(1200) + UPGRADE_TIME + timedelta(seconds=1)) == 0
