from datetime import datetime, timedelta

import pytest

from classroom.domain.consent.consents import withdraw_consent
from classroom.domain.readings.permission_cache import (
    REFRESH_S,
    check_permissions,
    forget_permission,
)
from classroom.domain.readings.record import Dropped, publish_readings
from classroom.infra import events
from classroom.models import Attendance, ClassSession, Reading
from tests import factories
from tests.classroom.domain.readings.recognised import ref
from tests.factories import NOW
from tests.outages import database_unavailable

pytestmark = pytest.mark.django_db
UNKNOWN = Dropped("unknown")


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student)
    return student


def permission(session, student, *, now=NOW) -> Attendance | Dropped:
    [found] = check_permissions([ref(session, student)], now=now)
    return found


def test_unconfirmed_student_is_not_read_without_the_database(session, student):
    with database_unavailable():
        assert permission(session, student) == UNKNOWN


def test_confirmed_student_is_read_without_the_database(session, student):
    permission(session, student)
    with database_unavailable():
        cached = permission(session, student)
    assert (cached.pk, cached.student.pk, cached.student.display_name) == (
        Attendance.objects.get().pk,
        student.pk,
        "Ada",
    )


def test_cached_student_of_an_anonymous_class_is_published_to_nobody_without_the_database(
    session, student, monkeypatch
):
    ClassSession.objects.update(is_anonymous=True)
    permission(session, student)
    published: list[int] = []
    monkeypatch.setattr(events, "publish_tiles", lambda session_id, *_, **__: published.append(session_id))
    with database_unavailable():
        cached = permission(session, student)
        publish_readings([(cached, Reading(session_id=session.pk, student=student))], now=NOW, saved=False)
    assert (cached.session.is_anonymous, published) == (True, [])


def test_attendance_is_cached_when_it_changes_and_refreshed_now_and_then(session, student, monkeypatch):
    cached: list[datetime] = []
    monkeypatch.setattr("classroom.domain.readings.permission_cache.cache.set_many", lambda *_: cached.append(now))
    now = NOW
    for seconds in (0, 2, REFRESH_S - 1, REFRESH_S + 1):
        now = NOW + timedelta(seconds=seconds)
        permission(session, student, now=now)
    assert cached == [NOW, now]
    Attendance.objects.update(changed_at=now)  # as pausing and restarting would
    permission(session, student, now=now)
    assert cached == [NOW, now, now]


def test_forgotten_student_is_not_read_without_the_database(session, student):
    permission(session, student)
    forget_permission(session_id=session.pk, student_id=student.pk)
    with database_unavailable():
        assert permission(session, student) == UNKNOWN


def test_refused_student_is_not_read_without_the_database(session, student):
    permission(session, student)
    withdraw_consent(student=student, now=NOW)
    assert permission(session, student) == Dropped("no_consent")
    with database_unavailable():
        assert permission(session, student) == UNKNOWN


def test_permission_is_remembered_for_sixty_seconds(session, student):
    permission(session, student)
    with database_unavailable():
        last = NOW + timedelta(seconds=60)
        assert permission(session, student, now=last).student_id == student.pk
        assert permission(session, student, now=last + timedelta(seconds=1)) == UNKNOWN
