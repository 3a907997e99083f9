"""Looks at a student's data: alone, in a class or in a course, and only while they belonged to it."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import SecurityEvent
from accounts.security_log.events import NOT_STORED, Event
from accounts.security_log.labels import EVENT_LABELS
from classroom.domain.audit import audit_rows, looks_at
from classroom.models import Enrolment, PastEnrolment
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def session():
    return factories.session(ended_at=NOW + timedelta(hours=1))


@pytest.fixture
def ada(session):
    student, classmate = factories.student_of(session.course, "Ada"), factories.student_of(session.course, "Bob")
    Enrolment.objects.filter(student=student).update(joined_at=NOW - DAY)
    Enrolment.objects.filter(student=classmate).update(joined_at=NOW - 30 * DAY)
    return student


@pytest.fixture
def teacher(session):
    return session.course.teachers.get()


def event(actor, *, at=NOW + DAY, kind="data_viewed", **fields) -> SecurityEvent:
    return SecurityEvent.objects.create(at=at, event=kind, actor=actor, details={"view": "session_report"}, **fields)


def test_looks_at_the_student_and_at_whole_classes_are_theirs(session, ada, teacher):
    course = session.course_id
    alone = event(teacher, subject=ada, session=session.pk)
    in_class = event(teacher, session=session.pk, at=NOW + 2 * DAY)
    in_course = event(teacher, course=course, at=NOW + 3 * DAY)
    file = event(teacher, session=session.pk, kind="data_exported", at=NOW + 4 * DAY)
    event(ada, session=session.pk)  # the student themselves
    event(teacher, subject=factories.student_of(session.course), session=session.pk)  # a classmate
    event(teacher, session=factories.session().pk)  # another class
    event(teacher, course=factories.course().pk)
    event(None, session=session.pk)
    event(teacher, session=session.pk, kind="class_deleted")
    assert list(looks_at(ada, now=NOW + 5 * DAY)) == [file, in_course, in_class, alone]


def test_looks_from_before_the_student_came_are_not_theirs(session, ada, teacher):
    event(teacher, session=session.pk, at=NOW - 2 * DAY)
    event(teacher, course=session.course_id, at=NOW - 2 * DAY)
    assert list(looks_at(ada, now=NOW + DAY)) == []


def test_student_who_left_keeps_the_looks_at_classes_they_attended(session, ada, teacher):
    factories.attendance(session, ada, left_at=NOW + timedelta(minutes=50))
    Enrolment.objects.filter(student=ada).delete()
    PastEnrolment.objects.update(left_at=NOW + timedelta(minutes=50))
    looks = [event(teacher, course=session.course_id), event(teacher, session=session.pk)]
    other = factories.session(session.course, started_at=NOW + DAY, ended_at=NOW + DAY + timedelta(hours=1))
    event(teacher, session=other.pk)
    assert set(looks_at(ada, now=NOW + 2 * DAY)) == set(looks)


def test_looks_at_classes_from_before_the_student_came_are_not_theirs(session, ada, teacher):
    before = factories.session(session.course, started_at=NOW - 3 * DAY, ended_at=NOW - 2 * DAY)
    event(teacher, session=before.pk)
    look = event(teacher, session=factories.session(session.course, started_at=NOW + DAY).pk, at=NOW + DAY)
    assert list(looks_at(ada, now=NOW + 2 * DAY)) == [look]


def test_looks_while_a_student_was_enrolled_earlier_are_theirs(session, ada, teacher):
    Enrolment.objects.filter(student=ada).update(joined_at=NOW + 9 * DAY)
    course = session.course
    missed_while_out = factories.session(course, started_at=NOW + 5 * DAY, ended_at=NOW + 6 * DAY)
    PastEnrolment.objects.create(course=course, student=ada, joined_at=NOW - DAY, left_at=NOW + 3 * DAY, removed=False)
    before = [event(teacher, course=course.pk, at=NOW + DAY), event(teacher, session=session.pk, at=NOW + 2 * DAY)]
    for at in (NOW - 2 * DAY, NOW + 4 * DAY):  # before they came, and while they were out
        event(teacher, course=course.pk, at=at)
        event(teacher, session=session.pk, at=at)
    event(teacher, session=missed_while_out.pk, at=NOW + 10 * DAY)
    after = [event(teacher, session=session.pk, at=NOW + 10 * DAY), event(teacher, course=course.pk, at=NOW + 10 * DAY)]
    assert set(looks_at(ada, now=NOW + 11 * DAY)) == {*before, *after}


def test_files_with_everybody_are_looks_at_each_student_since_they_have_an_account(ada):
    administrator = factories.user("administrator")
    kept = [
        SecurityEvent.objects.create(at=at, event="data_exported", actor=administrator, details={"view": view})
        for view in ("administration:people_csv", "administration:courses_csv", "account_data")
        for at in (ada.date_joined + DAY, ada.date_joined - DAY)
    ]
    assert list(looks_at(ada, now=ada.date_joined + 2 * DAY)) == [kept[0]]


def test_looks_end_after_180_days(session, ada, teacher):
    event(teacher, session=session.pk, at=NOW)
    assert looks_at(ada, now=NOW + 180 * DAY).count() == 1
    assert looks_at(ada, now=NOW + 181 * DAY).count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_independent_of_events(session, ada, teacher, count, django_assert_num_queries):
    for _ in range(count):
        event(factories.teacher(), session=factories.session(session.course, ended_at=NOW + DAY).pk, subject=ada)
        event(teacher, course=session.course_id)
    with django_assert_num_queries(5):
        assert len(audit_rows(list(looks_at(ada, now=NOW + 2 * DAY)))) == 2 * count


def test_row_says_who_did_what_to_whom(session, ada, teacher):
    changed = event(teacher, kind="role_changed", subject=ada, session=session.pk)
    changed.details = {"old": "student", "new": "teacher", "changes": {"mode": ["a", "b"], "name": None}, "kind": "x"}
    [row] = audit_rows([changed])
    assert (row.label, row.actor, row.subject, row.about) == ("Role changed", teacher.display_name, "Ada", "Means")
    assert row.details == "student → teacher; mode: a → b; name; kind: x"


def test_row_of_what_was_deleted_has_numbers(session, ada, teacher):
    looked = [event(teacher, subject=ada, session=session.pk), event(teacher, course=session.course_id)]
    numbers = (teacher.pk, ada.pk, session.pk, session.course_id)
    for each in (session.course, ada, teacher):
        each.delete()
    first, second = audit_rows(looked)
    assert (first.actor, first.subject) == tuple(f"deleted account {number}" for number in numbers[:2])
    assert (first.about, second.about) == (f"deleted class {numbers[2]}", f"deleted course {numbers[3]}")


def test_every_stored_event_has_a_label():
    assert set(EVENT_LABELS) == set(Event) - NOT_STORED


def test_looks_are_found_through_the_indexes_of_classes_and_courses(session, ada, teacher):
    """Without them, the database goes through all looks of the school: 300,000 in half a year."""
    looks = [event(teacher, session=session.pk, at=NOW + DAY), event(teacher, course=session.course_id)]
    event(teacher, session=factories.session().pk)
    among = SecurityEvent.objects.filter(session__among=ada.enrolments.values("course__sessions"))
    assert list(among) == looks[:1]
    if connection.vendor == "postgresql":
        sql = str(looks_at(ada, now=NOW + 2 * DAY).query)
        assert [f"{column} = ANY(ARRAY" in sql for column in ('"session"', '"course"')] == [True, True]
    assert set(looks_at(ada, now=NOW + 2 * DAY)) == set(looks)
