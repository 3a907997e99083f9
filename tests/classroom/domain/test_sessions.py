from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import SecurityEvent
from classroom.domain.sessions import (
    SessionAlreadyRunning,
    SessionContents,
    SessionStillRunning,
    close_idle_sessions,
    delete_old_sessions,
    delete_session,
    end_session,
    record_teacher_activity,
    rename_session,
    start_session,
)
from classroom.infra.missed_heartbeats import note_missed
from classroom.models import (
    Alert,
    Attendance,
    ClassSession,
    ClassWindow,
    Marker,
    RaisedHand,
    Reading,
    SelfReport,
    Stay,
    StudentMinute,
)
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def session():
    return factories.session()


def attend(session, *, last_seen_after=timedelta(0), left_after=None):
    attendance = factories.attendance(session, factories.student_of(session.course))
    left_at = None if left_after is None else NOW + left_after
    attendance.stays.update(last_seen_at=NOW + last_seen_after, left_at=left_at)
    return attendance


def close_idle(session, now):
    """Close idle sessions; returns when this one ended, and whether it closed itself."""
    close_idle_sessions(now=now)
    session.refresh_from_db()
    return session.ended_at, session.closed_itself


def test_started_session_is_running():
    session = start_session(course=factories.course(), topic="Means", now=NOW)
    assert list(ClassSession.objects.running()) == [session]


@pytest.mark.parametrize(
    ("zone", "language", "topic"),
    [
        ("UTC", "en", "Class on 2 November 2026"),
        ("Pacific/Kiritimati", "en", "Class on 3 November 2026"),
        ("UTC", "hi", "2 नवंबर 2026 की कक्षा"),
    ],
)
def test_class_without_a_topic_is_named_by_its_day_where_the_teacher_is(zone, language, topic):
    with timezone.override(zone), translation.override(language):
        session = start_session(course=factories.course(), topic="", now=NOW)
    assert session.topic == topic


def test_start_raises_when_the_course_has_a_running_session(session):
    with pytest.raises(SessionAlreadyRunning) as caught:
        start_session(course=session.course, topic="Other", now=NOW)
    assert caught.value.session == session


def test_sessions_of_two_courses_run_at_the_same_time(session):
    start_session(course=factories.course(), topic="Other", now=NOW)
    assert ClassSession.objects.running().count() == 2


def test_start_closes_an_idle_session_of_the_course(session):
    start_session(course=session.course, topic="Next", now=NOW + DAY)
    assert list(ClassSession.objects.running().values_list("topic", flat=True)) == ["Next"]


def test_start_raises_when_a_student_was_connected_recently(session):
    attend(session, last_seen_after=10 * MINUTE)
    with pytest.raises(SessionAlreadyRunning):
        start_session(course=session.course, topic="Next", now=NOW + 20 * MINUTE)


def test_end_closes_the_session_and_its_stays(session):
    end = NOW + 45 * MINUTE
    attend(session, last_seen_after=45 * MINUTE - timedelta(seconds=15))
    assert end_session(session=session, now=end) is True
    session.refresh_from_db()
    assert session.ended_at == end
    assert Stay.objects.get().left_at == end


def test_second_end_changes_nothing(session):
    end_session(session=session, now=NOW + MINUTE)
    assert end_session(session=session, now=NOW + 2 * MINUTE) is False
    session.refresh_from_db()
    assert session.ended_at == NOW + MINUTE


def test_new_session_starts_after_the_end(session):
    end_session(session=session, now=NOW + MINUTE)
    assert start_session(course=session.course, topic="Next", now=NOW + 2 * MINUTE).is_running


def test_duration_of_a_session_across_midnight():
    start = NOW.replace(hour=23, minute=50)
    session = factories.session(started_at=start)
    end_session(session=session, now=start + 20 * MINUTE)
    session.refresh_from_db()
    assert session.duration == 20 * MINUTE


def test_end_closes_a_lost_stay_at_its_last_heartbeat(session):
    attend(session)
    end_session(session=session, now=NOW + 45 * MINUTE)
    assert Stay.objects.get().left_at == NOW


def test_end_after_an_outage_closes_stays_now(session):
    attend(session, last_seen_after=20 * MINUTE)
    note_missed(now=NOW + 20 * MINUTE, holds_s=60)
    end_session(session=session, now=NOW + 45 * MINUTE)
    assert Stay.objects.get().left_at == NOW + 45 * MINUTE


def test_end_succeeds_when_the_clock_is_behind_the_last_join(session):
    joined_at = NOW + timedelta(seconds=5)
    factories.attendance(session, factories.student_of(session.course), joined_at=joined_at)
    assert end_session(session=session, now=NOW + timedelta(seconds=4)) is True
    assert Stay.objects.get().left_at == joined_at


def test_idle_session_ends_at_the_last_heartbeat(session):
    attend(session, last_seen_after=10 * MINUTE)
    assert close_idle(session, NOW + 40 * MINUTE) == (NOW + 10 * MINUTE, True)


def test_idle_session_ends_when_the_last_student_left(session):
    attend(session, last_seen_after=10 * MINUTE, left_after=12 * MINUTE)
    assert close_idle(session, NOW + 42 * MINUTE) == (NOW + 12 * MINUTE, True)


def test_idle_session_that_nobody_joined_ends_at_its_start(session):
    assert close_idle(session, NOW + 30 * MINUTE) == (NOW, True)


def test_session_stays_open_until_the_idle_timeout(session):
    attend(session, last_seen_after=10 * MINUTE)
    assert close_idle(session, NOW + 40 * MINUTE - timedelta(seconds=1)) == (None, False)


def test_teacher_activity_keeps_the_session_open(session):
    record_teacher_activity(session_id=session.pk, now=NOW + 20 * MINUTE)
    assert close_idle(session, NOW + 49 * MINUTE) == (None, False)
    assert close_idle(session, NOW + 50 * MINUTE) == (NOW + 20 * MINUTE, True)


def test_session_stays_open_while_heartbeats_cannot_be_saved(session):
    attend(session, last_seen_after=10 * MINUTE)
    note_missed(now=NOW + 11 * MINUTE, holds_s=60)
    assert close_idle(session, NOW + 60 * MINUTE) == (None, False)


def test_idle_timeout_is_a_setting(session, settings):
    settings.SESSION_SILENCE_MINUTES = 5
    assert close_idle(session, NOW + 5 * MINUTE) == (NOW, True)


def test_session_that_a_teacher_ended_did_not_close_itself(session):
    end_session(session=session, now=NOW + 5 * MINUTE)
    assert close_idle(session, NOW + 60 * MINUTE) == (NOW + 5 * MINUTE, False)


def test_closing_ends_each_stay_at_its_own_last_heartbeat(session):
    first = attend(session, last_seen_after=timedelta(seconds=600))
    last = attend(session, last_seen_after=timedelta(seconds=650))
    assert close_idle(session, NOW + 120 * MINUTE) == (NOW + timedelta(seconds=650), True)
    assert first.stays.get().left_at == NOW + timedelta(seconds=600)
    assert last.stays.get().left_at == NOW + timedelta(seconds=650)


def test_second_closing_closes_nothing(session):
    assert close_idle_sessions(now=NOW + 60 * MINUTE) == 1
    assert close_idle_sessions(now=NOW + 60 * MINUTE) == 0


def test_closing_takes_one_query_without_idle_sessions(django_assert_num_queries):
    with django_assert_num_queries(1):
        close_idle_sessions(now=NOW)


def test_course_page_closes_an_idle_session(client, session):
    client.force_login(session.course.teachers.get())
    client.get(f"/courses/{session.course.pk}/")
    session.refresh_from_db()
    assert (session.ended_at, session.closed_itself) == (NOW, True)


def test_report_states_that_the_session_closed_itself(client, session):
    close_idle_sessions(now=NOW + 60 * MINUTE)
    client.force_login(session.course.teachers.get())
    assert "ended automatically when the last person left" in client.get(f"/sessions/{session.pk}/").content.decode()


def test_old_sessions_are_deleted_with_their_readings(session):
    new = factories.session(factories.course(), started_at=NOW + 9 * DAY)
    for each in (session, new):
        student = factories.student_of(each.course)
        factories.attendance(each, student)
        factories.reading(each, student, after_s=1)
        end_session(session=each, now=each.started_at + MINUTE)
    assert delete_old_sessions(before=NOW + 5 * DAY) == 1
    assert [list(model.objects.values_list("session", flat=True)) for model in (Reading, StudentMinute)] == [
        [new.pk],
        [new.pk],
    ]


def test_running_sessions_are_never_deleted(session):
    assert delete_old_sessions(before=NOW + 5 * DAY) == 0


def test_running_class_is_renamed(session):
    rename_session(session=session, topic="Medians")
    assert ClassSession.objects.get().topic == "Medians"


def test_deleted_class_takes_along_all_that_was_recorded_in_it(django_capture_on_commit_callbacks):
    deleted, kept = factories.full_session(), factories.full_session()
    contents = SessionContents(students=2, readings=6, answers=2, hands=1, markers=1, alerts=1)
    pk, course = deleted.pk, deleted.course_id
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_session(session=deleted) == contents
    assert list(ClassSession.objects.all()) == [kept]
    rows = (Attendance, Reading, SelfReport, RaisedHand, Marker, Alert, ClassWindow, StudentMinute)
    assert {model.__name__: set(model.objects.values_list("session", flat=True)) for model in rows} == {
        model.__name__: {kept.pk} for model in rows
    }
    assert Stay.objects.count() == 2
    event = SecurityEvent.objects.get(event="class_deleted")
    assert event.details == {"course": course, "session": pk, "students": 2, "readings": 6}


def test_running_class_is_not_deleted(session):
    with pytest.raises(SessionStillRunning):
        delete_session(session=session)
    assert ClassSession.objects.get() == session
