"""The API of one student's session so far: access, then content."""

import pytest
from django.test import Client

from classroom.domain.self_reports import record_answer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
T0 = NOW.timestamp()


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    found = factories.student_of(session.course, "Ada")
    factories.attendance(session, found)
    return found


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(session, student) -> str:
    return f"/api/sessions/{session.pk}/students/{student.pk}/"


def test_student_report_does_not_exist_for_others(session, student):
    for other in [factories.teacher(), student, factories.user("administrator")]:
        assert signed_in(other).get(address(session, student)).status_code == 404


def test_visitor_is_refused(session, student):
    assert Client().get(address(session, student)).status_code == 403


def test_student_who_has_not_joined_is_not_found(session):
    absent = factories.student_of(session.course)
    assert signed_in(session.course.teachers.get()).get(address(session, absent)).status_code == 404


def test_student_report_covers_the_session_so_far(session, student, django_assert_max_num_queries):
    factories.reading(session, student, after_s=3, expression="sad")
    factories.reading(session, student, after_s=6, expression="")
    factories.reading(session, factories.student_of(session.course, "Ben"), after_s=3)
    record_answer(session=session, student=student, answer="lost", now=NOW)
    client = signed_in(session.course.teachers.get())
    with django_assert_max_num_queries(12):
        found = client.get(address(session, student)).json()
    assert (found["name"], found["joined_at"], found["readings"], found["certain"]) == ("Ada", T0, 2, 1)
    assert [(each["answer"], each["at"]) for each in found["said"]] == [("lost", T0)]
    assert (found["timeline"][0]["at"], found["timeline"][0]["seen"], found["alerts"]) == (T0, 1, [])
