from datetime import timedelta

import pytest

from classroom.domain.sessions import SessionAlreadyRunning, end_session, start_session
from classroom.models import ClassSession, Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_started_session_runs():
    session = start_session(course=factories.course(), topic="Means", now=NOW)
    assert list(ClassSession.objects.running()) == [session]


def test_a_course_runs_one_session_at_a_time():
    running = factories.session()
    with pytest.raises(SessionAlreadyRunning) as caught:
        start_session(course=running.course, topic="Other", now=NOW)
    assert caught.value.session == running


def test_another_course_may_run_at_the_same_time():
    factories.session()
    start_session(course=factories.course(), topic="Other", now=NOW)
    assert ClassSession.objects.running().count() == 2


def test_ending_ends_session_and_stays():
    session = factories.session()
    end = NOW + timedelta(minutes=45)
    attendance = factories.attendance(session, factories.student_of(session.course))
    attendance.stays.update(last_seen_at=end - timedelta(seconds=15))
    assert end_session(session=session, now=end) is True
    session.refresh_from_db()
    assert session.ended_at == end
    assert Stay.objects.get().left_at == end


def test_ending_twice_keeps_the_first_end():
    session = factories.session()
    end_session(session=session, now=NOW + timedelta(minutes=1))
    assert end_session(session=session, now=NOW + timedelta(minutes=2)) is False
    session.refresh_from_db()
    assert session.ended_at == NOW + timedelta(minutes=1)


def test_after_the_end_a_new_session_may_start():
    session = factories.session()
    end_session(session=session, now=NOW + timedelta(minutes=1))
    assert start_session(course=session.course, topic="Next", now=NOW + timedelta(minutes=2)).is_running


def test_a_session_may_cross_midnight():
    start = NOW.replace(hour=23, minute=50)
    session = factories.session(started_at=start)
    end_session(session=session, now=start + timedelta(minutes=20))
    session.refresh_from_db()
    assert session.duration == timedelta(minutes=20)


def test_one_lost_long_before_the_end_was_not_there_until_then():
    session = factories.session()
    factories.attendance(session, factories.student_of(session.course))
    end_session(session=session, now=NOW + timedelta(minutes=45))
    assert Stay.objects.get().left_at == NOW


def test_a_clock_behind_the_last_join_does_not_keep_a_session_from_ending():
    session = factories.session()
    factories.attendance(session, factories.student_of(session.course), joined_at=NOW + timedelta(seconds=5))
    assert end_session(session=session, now=NOW + timedelta(seconds=4)) is True
    assert Stay.objects.get().left_at == NOW + timedelta(seconds=5)
