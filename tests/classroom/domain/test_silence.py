"""Sessions that nobody ends, and sessions that are kept no longer."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from classroom.domain.sessions import (
    SessionAlreadyRunning,
    close_idle_sessions,
    delete_old_sessions,
    end_session,
    record_teacher_activity,
    start_session,
)
from classroom.models import ClassSession, Reading, StudentMinute
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def session():
    return factories.session()


def seen(session, after, **fields):
    attendance = factories.attendance(session, factories.student_of(session.course))
    attendance.stays.update(last_seen_at=NOW + after, **fields)
    return attendance


def closed_at(session, now):
    close_idle_sessions(now=now)
    session.refresh_from_db()
    return session.ended_at, session.closed_itself


def test_a_silent_session_ends_at_its_last_sign_of_life(session):
    seen(session, 10 * MINUTE)
    assert closed_at(session, NOW + 40 * MINUTE) == (NOW + 10 * MINUTE, True)


def test_a_stay_that_ended_is_a_sign_of_life_until_then(session):
    seen(session, 10 * MINUTE, left_at=NOW + 12 * MINUTE)
    assert closed_at(session, NOW + 42 * MINUTE) == (NOW + 12 * MINUTE, True)


def test_a_session_that_nobody_joined_ends_when_it_started(session):
    assert closed_at(session, NOW + 30 * MINUTE) == (NOW, True)


def test_half_an_hour_has_to_be_over(session):
    seen(session, 10 * MINUTE)
    assert closed_at(session, NOW + 40 * MINUTE - timedelta(seconds=1)) == (None, False)


def test_a_teacher_s_open_page_keeps_it_running(session):
    record_teacher_activity(session_id=session.pk, now=NOW + 20 * MINUTE)
    assert closed_at(session, NOW + 49 * MINUTE) == (None, False)
    assert closed_at(session, NOW + 50 * MINUTE) == (NOW + 20 * MINUTE, True)


def test_the_silence_is_a_setting(session, settings):
    settings.SESSION_SILENCE_MINUTES = 5
    assert closed_at(session, NOW + 5 * MINUTE) == (NOW, True)


def test_one_that_a_teacher_ended_did_not_close_itself(session):
    end_session(session=session, now=NOW + 5 * MINUTE)
    assert closed_at(session, NOW + 60 * MINUTE) == (NOW + 5 * MINUTE, False)


def test_the_stays_end_with_it(session):
    attendance = seen(session, 10 * MINUTE)
    close_idle_sessions(now=NOW + 60 * MINUTE)
    assert attendance.stays.get().left_at == NOW + 10 * MINUTE


def test_closing_twice_is_once(session):
    assert close_idle_sessions(now=NOW + 60 * MINUTE) == 1
    assert close_idle_sessions(now=NOW + 60 * MINUTE) == 0


def test_a_new_session_may_start_where_an_old_one_was_left_behind(session):
    start_session(course=session.course, topic="Next", now=NOW + timedelta(days=1))
    assert list(ClassSession.objects.running().values_list("topic", flat=True)) == ["Next"]


def test_one_with_somebody_in_it_is_not_pushed_aside(session):
    seen(session, 10 * MINUTE)
    with pytest.raises(SessionAlreadyRunning):
        start_session(course=session.course, topic="Next", now=NOW + 20 * MINUTE)


def test_nothing_to_close_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        close_idle_sessions(now=NOW)


def test_the_page_of_the_course_closes_it(client, session):
    client.force_login(session.course.teachers.get())
    client.get(f"/courses/{session.course.pk}/")
    session.refresh_from_db()
    assert (session.ended_at, session.closed_itself) == (NOW, True)


def test_the_report_says_that_it_closed_itself(client, session):
    close_idle_sessions(now=NOW + 60 * MINUTE)
    client.force_login(session.course.teachers.get())
    assert "closed by itself" in client.get(f"/sessions/{session.pk}/").content.decode()


def old_and_new(session):
    student = factories.student_of(session.course)
    factories.attendance(session, student)
    factories.reading(session, student, after_s=1)
    end_session(session=session, now=NOW + MINUTE)
    new = factories.session(session.course, started_at=NOW + timedelta(days=9))
    factories.attendance(new, student)
    factories.reading(new, student, after_s=1)
    end_session(session=new, now=NOW + timedelta(days=9, minutes=1))
    return new


def test_old_sessions_are_deleted_with_all_that_was_read_in_them(session):
    new = old_and_new(session)
    assert delete_old_sessions(before=NOW + timedelta(days=5)) == 1
    assert [list(model.objects.values_list("session", flat=True)) for model in (Reading, StudentMinute)] == [
        [new.pk],
        [new.pk],
    ]


def test_running_sessions_are_never_deleted(session):
    assert delete_old_sessions(before=NOW + timedelta(days=5)) == 0


def test_the_command_deletes_what_is_older_than_it_is_told(session, capsys):
    new = old_and_new(session)
    new.refresh_from_db()
    days = (timezone.now() - new.ended_at).days
    call_command("delete_old_sessions", "--older-than-days", str(days + 2))
    assert capsys.readouterr().out == "1 sessions deleted.\n"


def test_without_a_number_of_days_nothing_is_deleted(session):
    old_and_new(session)
    with pytest.raises(CommandError):
        call_command("delete_old_sessions")
    assert ClassSession.objects.count() == 2
