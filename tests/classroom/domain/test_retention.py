"""A course keeps its classes for less time than its school, and the school for less time than the server, never for
longer. Running classes are never deleted."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from accounts.models import ApiToken, Invitation, Organisation, SecurityEvent
from classroom.domain import sessions as sessions_module
from classroom.domain.retention import (
    LongerThanSchool,
    LongerThanServer,
    delete_sessions_past_retention,
    expired_sessions,
    expiring_count,
    retention_days,
    school_expiring_count,
    school_retention_days,
    set_retention,
    set_school_retention,
)
from classroom.models import Attendance, ClassSession, Course, InvitedCourse, Reading
from classroom.tasks.scheduled import delete_old
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ended(days_ago: int, course=None):
    """A class that ended so many days before NOW, by an hour."""
    end = NOW - days_ago * DAY - timedelta(hours=1)
    return factories.session(course, started_at=end - timedelta(hours=1), ended_at=end)


@pytest.fixture
def school():
    return factories.organisation("Hill School")


@pytest.mark.parametrize(
    ("server_days", "limit", "own", "kept"),
    [
        (0, None, None, 0),
        (30, None, None, 30),
        (0, None, 10, 10),
        (30, None, 10, 10),
        (30, None, 30, 30),
        (30, None, 90, 30),
        (0, 30, None, 30),
        (30, 10, None, 10),
        (30, 90, None, 30),
        (90, 30, 10, 10),
        (90, 10, 30, 10),
    ],
    ids=[
        *("none", "server", "course", "server and course", "same", "server lowered since"),
        *("school", "server and school", "server lowered since the school's", "all three", "school lowered since"),
    ],
)
def test_course_keeps_classes_for_the_shortest_time(settings, school, server_days, limit, own, kept):
    settings.RETENTION_DAYS = server_days
    school.retention_days = limit
    school.save()
    course = factories.course(retention_days=own, organisation=school)
    assert retention_days(course) == kept
    sessions = {days: ended(days, course) for days in (9, 10, 29, 30, 90)}
    expected = [session for days, session in reversed(sessions.items()) if kept and days >= kept]
    assert list(expired_sessions(now=NOW)) == expected
    assert expiring_count(course, own, now=NOW) == school_expiring_count(school, limit, now=NOW) == len(expected)


def test_schools_do_not_share_their_times(settings, school):
    settings.RETENTION_DAYS = 30
    set_school_retention(organisation=school, days=5)
    short, longer = (ended(6, factories.course(organisation=school, retention_days=own)) for own in (None, 20))
    other = ended(6)
    assert set(expired_sessions(now=NOW)) == {short, longer}
    assert school_expiring_count(school, 10, now=NOW) == 0
    assert delete_sessions_past_retention(now=NOW) == 2
    assert list(ClassSession.objects.all()) == [other]


def test_command_and_beat_follow_the_school(settings, school):
    settings.RETENTION_DAYS = 365
    set_school_retention(organisation=school, days=30)
    end = timezone.now() - 40 * DAY
    times = {"started_at": end - timedelta(hours=1), "ended_at": end}
    factories.session(factories.course(organisation=school), **times)
    other = factories.session(**times)
    dry = StringIO()
    call_command("purge_expired", "--dry-run", stdout=dry)
    assert dry.getvalue().splitlines()[0] == "classes: 1 would be deleted, with 0 readings"
    assert ClassSession.objects.count() == 2
    delete_old()
    assert list(ClassSession.objects.all()) == [other]


def test_school_cannot_keep_classes_longer_than_the_server_nor_a_course_longer_than_its_school(settings, school):
    settings.RETENTION_DAYS = 30
    with pytest.raises(LongerThanServer):
        set_school_retention(organisation=school, days=31)
    set_school_retention(organisation=school, days=20)
    assert school_retention_days(Organisation.objects.get(pk=school.pk)) == 20
    course = Course.objects.get(pk=factories.course(organisation=school).pk)
    with pytest.raises(LongerThanSchool):
        set_retention(course=course, days=21)
    set_retention(course=course, days=20)
    assert retention_days(course) == 20


def test_running_class_is_never_expired(settings):
    settings.RETENTION_DAYS = 1
    running = factories.session(started_at=NOW - 9 * DAY)
    assert delete_sessions_past_retention(now=NOW) == 0
    assert list(ClassSession.objects.all()) == [running]


def test_courses_do_not_share_their_times(settings):
    settings.RETENTION_DAYS = 0
    short, other = factories.course(retention_days=5), factories.course()
    gone, kept = ended(6, short), ended(600, other)
    assert delete_sessions_past_retention(now=NOW) == 1
    assert [session.pk for session in ClassSession.objects.all()] == [kept.pk]
    assert gone.pk != kept.pk


def test_oldest_sessions_are_deleted_first_up_to_the_limit(settings):
    settings.RETENTION_DAYS = 1
    newer, older = ended(2), ended(3)
    assert delete_sessions_past_retention(now=NOW, limit=1) == 1
    assert list(ClassSession.objects.all()) == [newer]
    assert older not in ClassSession.objects.all()


@pytest.mark.parametrize("readings", [0, 1, 2, 5])
def test_readings_are_deleted_in_steps_and_those_of_others_stay(settings, monkeypatch, readings):
    monkeypatch.setattr(sessions_module, "READINGS_PER_STEP", 2)
    settings.RETENTION_DAYS = 1
    session, other = ended(2), factories.session(started_at=NOW)
    for each, count in ((session, readings), (other, 1)):
        student = factories.student_of(each.course)
        factories.attendance(each, student, joined_at=each.started_at)
        for second in range(count):
            factories.reading(each, student, after_s=second)
    assert delete_sessions_past_retention(now=NOW) == 1
    assert list(Reading.objects.values_list("session", flat=True)) == [other.pk]
    assert list(Attendance.objects.values_list("session", flat=True)) == [other.pk]


@pytest.mark.parametrize("courses", [1, 5])
def test_query_count_is_independent_of_courses(settings, courses, django_assert_num_queries):
    settings.RETENTION_DAYS = 30
    for number in range(courses):
        factories.course(retention_days=5 + number % 2)
    with django_assert_num_queries(2):
        list(expired_sessions(now=NOW))


def test_course_cannot_keep_classes_longer_than_the_school(settings):
    settings.RETENTION_DAYS = 30
    course = factories.course()
    with pytest.raises(LongerThanSchool):
        set_retention(course=course, days=31)
    set_retention(course=course, days=30)
    course.refresh_from_db()
    assert course.retention_days == 30


def test_audit_log_has_the_old_and_the_new_retention_and_what_was_deleted(settings, django_capture_on_commit_callbacks):
    settings.RETENTION_DAYS = 0
    course = factories.course()
    ended(9, course)
    with django_capture_on_commit_callbacks(execute=True):
        set_retention(course=course, days=7)
        delete_sessions_past_retention(now=NOW)
    events = SecurityEvent.objects.filter(event__in=["course_changed", "expired_deleted"]).order_by("pk")
    assert [event.details for event in events] == [
        {"course": course.pk, "changes": {"retention_days": [None, 7]}},
        {"sessions": 1},
    ]


def test_audit_log_counts_what_was_deleted_before_an_interruption(
    settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.RETENTION_DAYS = 7
    ended(9)
    kept = ended(8)
    delete = sessions_module.delete_in_steps

    def interrupted(*, session):
        if session == kept:
            raise KeyboardInterrupt
        delete(session=session)

    monkeypatch.setattr(sessions_module, "delete_in_steps", interrupted)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(KeyboardInterrupt):
        delete_sessions_past_retention(now=NOW)
    assert SecurityEvent.objects.get(event="expired_deleted").details == {"sessions": 1}


def test_command_says_what_would_be_deleted_and_then_deletes_it(settings):
    settings.RETENTION_DAYS = settings.SECURITY_LOG_DAYS = 30
    now = timezone.now()
    then = now - 31 * DAY
    session = factories.session(started_at=then, ended_at=then + timedelta(minutes=10))
    student = factories.student_of(session.course)
    factories.attendance(session, student, joined_at=then)
    for second in range(3):
        factories.reading(session, student, after_s=second)
    SecurityEvent.objects.create(at=then, event="old")
    for key, expires in (("a", then), ("b", then), ("c", now + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    gone = {"accepted_at": then}, {"withdrawn_at": then}, {}
    stay = {"accepted_at": now - 29 * DAY}, {"withdrawn_at": now - 29 * DAY}
    for number, fields in enumerate((*gone, *stay)):
        address = f"{number}@school.example"
        Invitation.objects.create(email=address, token_hash=address, invited_at=then, expires_at=then, **fields)
    InvitedCourse.objects.create(invitation=Invitation.objects.get(email="0@school.example"), course=session.course)
    for address, invited_at in (("old@school.example", now - 15 * DAY), ("new@school.example", now - 13 * DAY)):
        session.course.assistant_invitations.create(email=address, invited_at=invited_at)
    for expires_at in (then, now - 29 * DAY):
        factories.api_token(student)
        ApiToken.objects.filter(expires_at__gt=now).update(expires_at=expires_at)
    factories.past_enrolment(factories.course(), student, joined_at=NOW, left_at=now)
    dry, real = StringIO(), StringIO()
    call_command("purge_expired", "--dry-run", stdout=dry)
    assert Reading.objects.count() == 3
    call_command("purge_expired", stdout=real)
    assert dry.getvalue().splitlines() == [
        "classes: 1 would be deleted, with 3 readings",
        "past enrolments: 1 would be deleted",
        "security events: 1 would be deleted",
        "expired sign-ins: 2 would be deleted",
        "invitations: 3 would be deleted",
        "invitations to assist: 1 would be deleted",
        "API tokens: 1 would be deleted",
        "webhook deliveries: 0 would be deleted",
    ]
    assert real.getvalue() == dry.getvalue().replace("would be deleted", "deleted")
    assert not ClassSession.objects.exists()
    assert [each.session_key for each in Session.objects.all()] == ["c"]
    assert sorted(Invitation.objects.values_list("email", flat=True)) == ["3@school.example", "4@school.example"]
    assert session.course.assistant_invitations.get().email == "new@school.example"
    assert ApiToken.objects.get().expires_at == now - 29 * DAY


def test_teacher_sets_the_retention_after_seeing_what_would_be_deleted(client, settings):
    settings.RETENTION_DAYS = 365
    course = factories.course()
    end = timezone.now() - 40 * DAY
    factories.session(course, started_at=end - DAY, ended_at=end)
    client.force_login(course.teachers.get())
    page = f"/courses/{course.pk}/retention/"
    assert "deleted 365 days after they end" in client.get(page).content.decode()
    asked = client.post(page, {"days": "30"})
    course.refresh_from_db()
    assert (asked.status_code, course.retention_days) == (422, None)
    assert "1 class is older than that" in asked.content.decode()
    assert client.post(page, {"days": "30", "sure": "on"}).status_code == 302
    course.refresh_from_db()
    assert course.retention_days == 30
    assert client.post(page, {"days": ""}).status_code == 302
    course.refresh_from_db()
    assert course.retention_days is None


@pytest.mark.parametrize("days", ["0", "-1", "366", "many", "1.5"])
def test_time_out_of_bounds_is_refused(client, settings, days):
    settings.RETENTION_DAYS = 365
    course = factories.course()
    client.force_login(course.teachers.get())
    assert client.post(f"/courses/{course.pk}/retention/", {"days": days}).status_code == 422


@pytest.mark.parametrize(("server_days", "school_days", "refused"), [(0, 20, 21), (365, None, 366), (365, 20, 21)])
def test_limit_of_the_school_bounds_its_courses(client, settings, school, server_days, school_days, refused):
    settings.RETENTION_DAYS = server_days
    set_school_retention(organisation=school, days=school_days)
    course = factories.course(organisation=school)
    client.force_login(course.teachers.get())
    page = f"/courses/{course.pk}/retention/"
    assert (
        f"The school keeps classes for {refused - 1} days; a course cannot keep them longer." in client.get(page).text
    )
    assert client.post(page, {"days": refused}).status_code == 422
    assert client.post(page, {"days": refused - 1}).status_code == 302


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("teacher", 404), ("student", 404)])
def test_administrators_set_it_too_and_others_do_not(client, role, status):
    client.force_login(factories.user(role))
    assert client.get(f"/courses/{factories.course().pk}/retention/").status_code == status
