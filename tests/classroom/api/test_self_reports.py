import pytest
from django.test import Client

from classroom.domain.self_reports import raise_hand, raised_hand
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def student(session):
    made = factories.student_of(session.course)
    factories.attendance(session, made)
    raise_hand(session=session, student=made, now=NOW)
    return made


@pytest.fixture
def url(session, student):
    return f"/api/sessions/{session.pk}/hands/{student.pk}/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def teacher(session):
    return signed_in(session.course.teachers.get())


def test_visitor_cannot_lower_a_hand(url, session, student):
    assert Client().delete(url).status_code == 403
    assert raised_hand(session=session, student=student) is not None


def test_hand_does_not_exist_for_others(url, session, student):
    others = [factories.teacher(), student, factories.student_of(session.course), factories.user("administrator")]
    assert [signed_in(each).delete(url).status_code for each in others] == [404] * 4
    assert raised_hand(session=session, student=student) is not None


def test_other_methods_are_refused(url, teacher):
    assert [teacher.get(url).status_code, teacher.post(url).status_code] == [405, 405]


def test_student_of_another_class_is_not_found(session, teacher):
    stranger = factories.user()
    assert teacher.delete(f"/api/sessions/{session.pk}/hands/{stranger.pk}/").status_code == 404


def test_lowering_a_hand_is_idempotent(url, session, student, teacher):
    assert [teacher.delete(url).status_code, teacher.delete(url).status_code] == [204, 204]
    assert raised_hand(session=session, student=student) is None
