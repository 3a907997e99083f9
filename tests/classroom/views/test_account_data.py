"""Everything about the user as one JSON file."""

import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from accounts.models import SecurityEvent, User
from classroom.models import Marker
from tests import factories
from tests.classroom.views.account_people import client_of, student_with_data
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DATA = "/accounts/data/"


def data_of(client: Client) -> dict:
    response = client.get(DATA)
    assert response.status_code == 200
    return json.loads(b"".join(response.streaming_content))


@pytest.fixture
def session():
    return factories.session(ended_at=NOW + timedelta(hours=1))


@pytest.fixture
def student(session):
    return student_with_data(session)


@pytest.mark.any_database
def test_file_has_everything_about_the_student(student, session):
    held = data_of(client_of(student))
    assert held["profile"]["email"] == student.email
    assert [len(held[name]) for name in ("classes", "stays", "readings", "answers", "hands", "alerts_about_me")] == [
        *(1, 1, 2, 1, 1, 1)
    ]
    [consent] = held["consents"]
    assert consent == {
        **{"course_id": session.course_id, "course.name": session.course.name, "text.version": 1},
        **{"is_anonymous": False, "granted_at": "2026-11-02T10:00:00Z", "withdrawn_at": None},
    }
    assert held["courses"][0]["course.name"] == session.course.name
    assert held["readings"][0]["happy"] == 0.7
    assert held["answers"] == [{"session_id": session.pk, "answer": "lost", "at": "2026-11-02T10:00:00Z"}]


def test_file_has_nothing_about_anyone_else(student, session):
    teacher, classmate = session.course.teachers.get(), User.objects.get(name="Ben Classmate")
    session.alerts.filter(student=student).update(acknowledged_by=teacher, acknowledged_at=NOW)
    SecurityEvent.objects.create(
        at=NOW, event="email_changed", actor=factories.user("administrator"), subject=student, address="192.0.2.77"
    )
    text = b"".join(client_of(student).get(DATA).streaming_content).decode()
    for secret in (classmate.name, classmate.email, teacher.name, teacher.email, "192.0.2.77", student.password):
        assert secret not in text
    assert f'"{classmate.pk}"' not in text


@pytest.mark.any_database
def test_no_parameter_gives_another_persons_file(student):
    classmate = User.objects.get(name="Ben Classmate")
    client = client_of(student)
    response = client.get(DATA, {"user": classmate.pk, "student": classmate.pk, "id": classmate.pk})
    assert json.loads(b"".join(response.streaming_content))["profile"]["id"] == student.pk
    assert client.post(DATA).status_code == 405
    assert client.get(f"{DATA}{classmate.pk}/").status_code == 404


@pytest.mark.any_database
def test_file_of_a_teacher_has_their_courses_and_markers(session, student):
    teacher = session.course.teachers.get()
    Marker.objects.create(session=session, author=teacher, at=NOW, text="Exercise")
    held = data_of(client_of(teacher))
    assert [held[name] for name in ("readings", "classes", "alerts_about_me")] == [[], [], []]
    assert [each["name"] for each in held["courses_taught"]] == [session.course.name]
    assert held["markers"] == [{"session_id": session.pk, "at": "2026-11-02T10:00:00Z", "text": "Exercise"}]


def test_file_is_a_download_that_nobody_caches_and_that_is_logged(student, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(student).get(DATA)
    assert response["Content-Disposition"] == f'attachment; filename="attune-{timezone.localdate()}.json"'
    assert (response["Content-Type"], response["Cache-Control"]) == ("application/json", "private, no-store")
    [event] = SecurityEvent.objects.filter(event="data_exported", actor=student)
    assert event.details["view"] == "account_data"


def test_file_can_be_had_six_times_an_hour(student):
    client = client_of(student)
    statuses = [client.get(DATA).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    assert int(client.get(DATA)["Retry-After"]) > 0
    assert client_of(User.objects.get(name="Ben Classmate")).get(DATA).status_code == 200


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
async def test_file_streams_from_the_web_server_as_it_does_here(async_client):
    user = await sync_to_async(factories.user)()
    await async_client.aforce_login(user)
    response = await async_client.get(DATA)
    text = b"".join([chunk async for chunk in response.streaming_content])
    assert json.loads(text)["profile"]["email"] == user.email
