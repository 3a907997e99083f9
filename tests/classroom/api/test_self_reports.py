from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from classroom.domain.self_reports import raise_hand, raised_hand
from classroom.domain.sessions import end_session
from classroom.models import ClassSession, Marker
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


@pytest.fixture
def ask_url(session):
    return f"/api/sessions/{session.pk}/ask/"


def test_class_cannot_be_asked_by_others(ask_url, session, student):
    assert Client().post(ask_url).status_code == 403
    others = [factories.teacher(), student, factories.user("administrator")]
    assert [signed_in(each).post(ask_url).status_code for each in others] == [404] * 3
    assert (ClassSession.objects.get().asked_at, Marker.objects.count()) == (None, 0)


def test_asking_refuses_other_methods(ask_url, teacher):
    assert [teacher.get(ask_url).status_code, teacher.delete(ask_url).status_code] == [405, 405]


def test_two_of_the_staff_who_ask_together_ask_once(ask_url, session, teacher):
    assistant = signed_in(factories.assistant_of(session.course))
    answers = [client.post(ask_url) for client in (teacher, assistant)]
    assert [answer.status_code for answer in answers] == [200, 200]
    asked_at = ClassSession.objects.get().asked_at.timestamp()
    assert [answer.json() for answer in answers] == [{"asked_at": asked_at}] * 2
    assert Marker.objects.get().author == session.course.teachers.get()


def test_ended_class_is_gone(ask_url, session, teacher):
    end_session(session=session, now=timezone.now() + timedelta(hours=1))
    assert teacher.post(ask_url).status_code == 410
    assert Marker.objects.count() == 0
