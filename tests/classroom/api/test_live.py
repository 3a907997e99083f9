import gzip
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from classroom.domain.sessions import close_idle_sessions, end_session, last_activity
from classroom.models import JoinRequest
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now() - timedelta(hours=3))


@pytest.fixture
def teacher(session):
    client = Client()
    client.force_login(session.course.teachers.get())
    return client


def test_asking_for_the_state_keeps_a_session_open(session, teacher):
    assert teacher.get(f"/api/sessions/{session.pk}/live/").status_code == 200
    assert timezone.now() - last_activity(session) < timedelta(minutes=1)
    assert close_idle_sessions(now=timezone.now()) == 0


def test_state_counts_the_students_who_wait_to_be_let_in(session, teacher):
    address = f"/api/sessions/{session.pk}/live/"
    assert teacher.get(address).json()["requests"] == 0
    for _ in range(2):
        JoinRequest.objects.create(course=session.course, student=factories.user(), requested_at=timezone.now())
    JoinRequest.objects.create(course=factories.course(), student=factories.user(), requested_at=timezone.now())
    assert teacher.get(address).json()["requests"] == 2


def test_state_is_compressed_for_browsers_that_can_read_it(session, teacher):
    address = f"/api/sessions/{session.pk}/live/"
    compressed = teacher.get(address, headers={"Accept-Encoding": "gzip"})
    assert compressed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(compressed.content))["session"] == teacher.get(address).json()["session"]


def test_state_of_an_ended_session_is_no_activity(session, teacher):
    end_session(session=session, now=session.started_at)
    assert teacher.get(f"/api/sessions/{session.pk}/live/").json()["session"]["ended_at"] is not None
    assert last_activity(session) == session.started_at


def test_state_does_not_exist_for_others(session):
    for user in (factories.teacher(), factories.student_of(session.course)):
        client = Client()
        client.force_login(user)
        assert client.get(f"/api/sessions/{session.pk}/live/").status_code == 404
    assert last_activity(session) == session.started_at


def test_teacher_sees_how_many_have_agreed(session, teacher):
    factories.student_of(session.course)
    factories.student_of(session.course, consents=False)
    response = teacher.get(f"/api/sessions/{session.pk}/consent/")
    assert response.json() == {"version": 1, "asked": 2, "agreed": 1}
    page = teacher.get(f"/sessions/{session.pk}/live/").content.decode()
    assert "1 of 2 has agreed to camera reading" in page
    assert '<a href="/consent/texts/1/">Consent text, version 1</a>' in page


def test_who_has_agreed_does_not_exist_for_others(session):
    for user in (factories.teacher(), factories.student_of(session.course), factories.user("administrator")):
        client = Client()
        client.force_login(user)
        assert client.get(f"/api/sessions/{session.pk}/consent/").status_code == 404
    assert Client().get(f"/api/sessions/{session.pk}/consent/").status_code == 403
