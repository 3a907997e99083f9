"""Requests that open pages send by themselves: they keep nobody signed in, and are limited."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from classroom.domain.imports.jobs import create_job
from classroom.models import JoinRequest
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _within_one_minute(monkeypatch):
    monkeypatch.setattr("classroom.infra.rate_limits._clock", lambda: 1_700_000_000.0)


@pytest.fixture
def session():
    return factories.session()


def idle_client(client, user):
    """Sign the user in, with an hour of the sign-in left."""
    client.force_login(user)
    stored = SessionStore(client.session.session_key)
    stored["renewed_at"] = 0
    stored.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    return client


def is_renewed() -> bool:
    return Session.objects.get().expire_date > timezone.now() + timedelta(hours=2)


def test_waiting_page_does_not_renew_the_sign_in(client, session):
    waiting = f"/api/courses/{session.course_id}/waiting/"
    student = idle_client(client, factories.student_of(session.course))
    assert [student.get(waiting).status_code for _ in range(3)] == [200] * 3
    assert not is_renewed()
    assert student.get(f"/courses/{session.course_id}/").status_code == 200
    assert is_renewed()


def test_page_in_class_without_a_socket_does_not_renew_the_sign_in(client, session):
    student = idle_client(client, factories.student_of(session.course))
    attendance = f"/api/sessions/{session.pk}/attendance/"
    assert student.post(attendance, {"joins": True}, content_type="application/json").status_code == 200
    assert not is_renewed()


def test_progress_of_an_import_does_not_renew_the_sign_in(client):
    administrator = factories.user("administrator")
    job = create_job(user=administrator, uploads=[("people.csv", b"email")], language="en")
    progress = f"/administration/imports/{job.id}/progress/"
    assert idle_client(client, administrator).get(progress).status_code == 200
    assert not is_renewed()


@pytest.mark.parametrize("part", ["live", "consent"])
def test_dashboard_does_not_renew_the_sign_in(client, session, part):
    teacher = idle_client(client, session.course.teachers.get())
    assert teacher.get(f"/api/sessions/{session.pk}/{part}/").status_code == 200
    assert not is_renewed()
    assert teacher.get(f"/sessions/{session.pk}/live/").status_code == 200
    assert is_renewed()


def test_waiting_pages_of_a_student_ask_at_most_120_times_a_minute(client, session):
    waiting, student = f"/api/courses/{session.course_id}/waiting/", factories.user()
    JoinRequest.objects.create(course=session.course, student=student, requested_at=NOW)
    client.force_login(student)
    assert [client.get(waiting).status_code for _ in range(122)] == [200] * 120 + [429] * 2
    assert client.get(waiting)["Retry-After"] == "60"
    client.force_login(factories.student_of(session.course))
    assert client.get(waiting).status_code == 200
