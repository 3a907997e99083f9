from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from classroom.models import Marker
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session(ended_at=NOW + timedelta(hours=1))


@pytest.fixture
def url(session):
    return f"/api/sessions/{session.pk}/markers/"


@pytest.fixture
def marker(session):
    return Marker.objects.create(session=session, author=None, at=NOW, text="Means")


@pytest.fixture
def strangers(session):
    others = [factories.teacher(), factories.student_of(session.course), factories.user("administrator")]
    return [signed_in(each) for each in others]


def signed_in(user) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(user)
    return client


@pytest.fixture
def teacher(session):
    return signed_in(session.course.teachers.get())


def test_visitor_can_neither_read_nor_write_markers(url, marker):
    client = Client()
    assert [client.get(url).status_code, client.post(url).status_code] == [403, 403]
    assert client.delete(f"{url}{marker.pk}/").status_code == 403


def test_markers_do_not_exist_for_others(url, marker, strangers):
    for client in strangers:
        assert client.get(url).status_code == 404
        assert client.post(url, {"text": "x"}, "application/json").status_code == 404
        assert client.patch(f"{url}{marker.pk}/", {"text": "x"}, "application/json").status_code == 404
        assert client.delete(f"{url}{marker.pk}/").status_code == 404
    assert list(Marker.objects.values_list("text")) == [("Means",)]


@pytest.mark.parametrize(
    "wrong",
    [{}, {"text": ""}, {"text": "  "}, {"text": "x" * 121}, {"text": "x", "age_s": -1}],
)
def test_marker_with_invalid_text_or_time_is_refused(url, teacher, wrong):
    assert teacher.post(url, wrong, "application/json").status_code == 400
    assert Marker.objects.count() == 0


def test_marker_of_another_session_is_not_found(teacher, url, session):
    elsewhere = Marker.objects.create(session=factories.session(), at=NOW, text="Theirs")
    assert teacher.delete(f"{url}{elsewhere.pk}/").status_code == 404
    assert Marker.objects.count() == 1


def test_other_methods_are_refused(teacher, url, marker):
    assert (teacher.put(url).status_code, teacher.get(f"{url}{marker.pk}/").status_code) == (405, 405)


def test_writes_require_a_csrf_token(session, url):
    client = Client(enforce_csrf_checks=True)
    client.force_login(session.course.teachers.get())
    assert client.post(url, {"text": "x"}, "application/json").status_code == 403


def test_teacher_can_add_rename_and_remove_markers_even_after_class(teacher, url, session):
    at = NOW + timedelta(minutes=5)
    made = teacher.post(url, {"text": "Übung <1>", "at": at.isoformat()}, "application/json")
    assert made.status_code == 201
    row = made.json()
    author = session.course.teachers.get().name
    assert row == {"id": row["id"], "at": at.timestamp(), "text": "Übung <1>", "author": author}
    renamed = teacher.patch(f"{url}{row['id']}/", {"text": "Pause"}, "application/json")
    assert renamed.json() == {**row, "text": "Pause"}
    assert teacher.get(url).json() == [renamed.json()]
    assert teacher.delete(f"{url}{row['id']}/").status_code == 204
    assert teacher.get(url).json() == []


def test_marker_time_is_when_the_form_was_opened(teacher, session):
    running = factories.session(session.course)
    url = f"/api/sessions/{running.pk}/markers/"
    ages = [teacher.post(url, {"text": "x", "age_s": age}, "application/json").json()["at"] for age in (3600, 0)]
    assert round(ages[1] - ages[0], -1) == 3600


@pytest.mark.parametrize(
    ("time_zone", "at"), [("America/New_York", "9999-12-31T23:59"), ("Asia/Kolkata", "0001-01-01T00:00")]
)
def test_moment_outside_the_calendar_is_refused(teacher, session, time_zone, at):
    session.course.teachers.update(time_zone=time_zone)
    for url in (f"/api/sessions/{session.pk}/markers/", f"/api/v1/sessions/{session.pk}/markers/"):
        assert teacher.post(url, {"text": "x", "at": at}, "application/json").status_code == 400
    assert not session.markers.exists()


def test_marker_is_never_in_the_future(teacher, session):
    running = factories.session(session.course)
    url = f"/api/sessions/{running.pk}/markers/"
    made = teacher.post(url, {"text": "x", "at": "9999-12-31T23:59:59Z"}, "application/json").json()
    assert made["at"] <= timezone.now().timestamp()


def test_number_of_markers_is_limited(teacher, url, session):
    Marker.objects.bulk_create(Marker(session=session, at=NOW, text="x") for _ in range(499))
    answers = [teacher.post(url, {"text": "x", "at": NOW.isoformat()}, "application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert Marker.objects.count() == 500
