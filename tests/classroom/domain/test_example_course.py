from datetime import timedelta

import pytest
from django.db import transaction

from classroom.domain import example_course
from classroom.domain.example_course import LESSONS, MINUTES, STUDENTS, ensure_example_course
from classroom.domain.history.register import build_register
from classroom.domain.history.watermark import is_fully_rolled_up
from classroom.models import AlertKind, Reading
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def course(django_db_setup, django_db_blocker):
    """The course, which takes seconds to make. Each test's own transaction is within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield ensure_example_course(teacher=factories.teacher(), now=NOW)
        transaction.set_rollback(True)


def test_past_classes_are_complete_and_the_same_each_time(course):
    sessions = list(course.sessions.order_by("started_at"))
    assert [session.topic for session in sessions] == [lesson.topic for lesson in LESSONS]
    for session, lesson in zip(sessions, LESSONS, strict=True):
        assert session.ended_at - session.started_at == timedelta(minutes=MINUTES)
        assert is_fully_rolled_up(session)
        present = set(session.attendances.values_list("student__name", flat=True))
        assert present == set(STUDENTS) - set(lesson.absent)
    assert not Reading.objects.filter(session__course=course, captured_at__gt=NOW).exists()

    count = Reading.objects.count()
    assert ensure_example_course(teacher=course.teachers.get(), now=NOW + timedelta(days=1)) == course
    assert (Reading.objects.count(), course.sessions.count()) == (count, len(LESSONS))


def test_course_can_be_made_where_guardians_must_agree(settings, monkeypatch):
    settings.GUARDIAN_CONSENT_REQUIRED = True
    monkeypatch.setattr(example_course, "LESSONS", LESSONS[-1:])
    monkeypatch.setattr(example_course, "JOIN_CODE", "PAST2346")
    made = ensure_example_course(teacher=factories.teacher(), now=NOW)
    assert Reading.objects.filter(session__course=made).exists()


def test_lost_moment_gives_an_alert_and_what_students_said(course):
    session = course.sessions.get(topic="Standard deviation")
    alert = session.alerts.get(kind=AlertKind.CLASS_NEGATIVE)
    minute = (alert.fired_at - session.started_at) / timedelta(minutes=1)
    assert 8 < minute < 12
    assert [report.answer for report in session.self_reports.all()][:2] == ["lost", "lost"]
    assert session.raised_hands.exclude(lowered_at=None).count() == 2


def test_course_says_that_its_data_are_invented(client, course):
    client.force_login(course.teachers.get())
    page = client.get(f"/courses/{course.pk}/").content.decode()
    assert course.simulated
    assert "Invented students and invented readings" in page
    report = client.get(f"/sessions/{course.sessions.first().pk}/").content.decode()
    assert "(example data)" in report


def test_register_shows_who_was_absent_late_and_left_early(course):
    register = build_register(sessions=list(course.sessions.ended()), now=NOW)
    unusual = {row.person.name: row.marks for row in register.rows if set(row.marks) != {"present"}}
    assert unusual == {
        "Diego Costa": ["present", "present", "absent", "present"],
        "Farah Haddad": ["present", "present", "left_early", "present"],
        "Ivan Novak": ["present", "present", "absent", "absent"],
        "Sofia Eriksen": ["present", "present", "late", "present"],
    }
