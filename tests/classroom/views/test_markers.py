"""Markers that teachers add to a report, and remove from it."""

from datetime import UTC, datetime, timedelta

import pytest

from classroom.domain import markers
from classroom.models import Marker
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
# 23:50 to 00:20 in Kolkata.
START = datetime(2026, 3, 2, 18, 20, 0, 700_000, tzinfo=UTC)
END = START + timedelta(minutes=30)


@pytest.fixture
def session():
    session = factories.session(started_at=START, ended_at=END)
    factories.attendance(session, factories.student_of(session.course))
    return session


@pytest.fixture
def teacher(client, session):
    person = session.course.teachers.get()
    person.time_zone = "Asia/Kolkata"
    person.save(update_fields=["time_zone"])
    client.force_login(person)
    return client


def add(client, session, **form):
    return client.post(f"/sessions/{session.pk}/markers/", form)


@pytest.mark.parametrize(
    ("entered", "at"),
    [
        ("23:55:10", START.replace(minute=25, second=10, microsecond=0)),
        ("00:05", START.replace(minute=35, second=0, microsecond=0)),
        # The first second of the class began before it.
        ("23:50:00", START),
        ("00:20:00", END.replace(microsecond=0)),
    ],
)
def test_marker_is_added_at_a_time_of_day_in_the_class(teacher, session, entered, at):
    response = add(teacher, session, at=entered, text=" Exercise ")
    assert response.url == f"/sessions/{session.pk}/#timeline-title"
    marker = Marker.objects.get()
    assert (marker.at, marker.text, marker.author) == (at, "Exercise", session.course.teachers.get())


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"at": "23:49:59", "text": "Exercise"}, "The class lasted from 23:50:00 to 00:20:00."),
        ({"at": "12:00", "text": "Exercise"}, "The class lasted from 23:50:00 to 00:20:00."),
        ({"at": "25:00", "text": "Exercise"}, "Enter a valid time."),
        ({"at": "23:55", "text": " "}, "This field is required."),
        ({"at": "23:55", "text": "x" * 121}, "This is too long: it may have at most 120 characters (it has 121)."),
    ],
)
def test_invalid_marker_is_returned_with_its_text(teacher, session, form, error):
    response = add(teacher, session, **form)
    assert response.status_code == 422
    assert [text for texts in response.context["marker_form"].errors.values() for text in texts] == [error]
    assert f'value="{form["text"].strip() or form["at"]}"' in response.text
    assert not Marker.objects.exists()


@pytest.mark.services
def test_class_with_the_most_markers_takes_no_other(teacher, session, monkeypatch):
    monkeypatch.setattr(markers, "MAX_MARKERS", 1)
    add(teacher, session, at="23:55", text="First")
    response = add(teacher, session, at="23:56", text="Second")
    assert response.status_code == 422
    assert "A class has at most 1 markers. Remove one first." in response.text
    assert [marker.text for marker in Marker.objects.all()] == ["First"]


def test_marker_is_removed_from_its_own_report_only(teacher, session):
    marker = Marker.objects.create(session=session, at=START, text="Exercise")
    other = factories.session(session.course, started_at=END, ended_at=END + timedelta(minutes=10))
    assert teacher.post(f"/sessions/{other.pk}/markers/remove/", {"marker": marker.pk}).status_code == 404
    assert teacher.post(f"/sessions/{session.pk}/markers/remove/", {"marker": "x"}).status_code == 404
    assert Marker.objects.exists()
    response = teacher.post(f"/sessions/{session.pk}/markers/remove/", {"marker": marker.pk})
    assert response.url == f"/sessions/{session.pk}/#timeline-title"
    assert not Marker.objects.exists()


@pytest.mark.services
def test_running_class_takes_markers_on_its_live_page(teacher, session):
    session.ended_at = None
    session.save(update_fields=["ended_at"])
    assert add(teacher, session, at="23:55", text="Exercise").url == f"/sessions/{session.pk}/live/"
    assert not Marker.objects.exists()


def test_students_see_markers_without_a_form(client, session):
    student = factories.student_of(session.course)
    factories.attendance(session, student)
    Marker.objects.create(session=session, at=START, text="Exercise")
    client.force_login(student)
    page = client.get(f"/sessions/{session.pk}/mine/").text
    assert "Exercise" in page
    assert "/markers/" not in page
