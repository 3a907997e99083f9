"""The audit log records who opened pages about other people, but not who opened pages about themselves."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import SecurityEvent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session():
    return factories.session(ended_at=NOW + timedelta(hours=1))


@pytest.fixture
def ada(session):
    student = factories.student_of(session.course, "Ada")
    factories.attendance(session, student, left_at=NOW + timedelta(minutes=50))
    return student


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def events(kind: str = "data_viewed") -> list[tuple]:
    found = SecurityEvent.objects.filter(event=kind).order_by("pk")
    return [(each.details["view"], each.actor_id, each.subject_id, each.course, each.session) for each in found]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "view", "is_about_course", "is_about_student"),
    [
        ("/sessions/{session}/", "session_report", False, False),
        ("/sessions/{session}/students/{student}/", "session_student", False, True),
        ("/api/sessions/{session}/students/{student}/", "session_student", False, True),
        ("/api/sessions/{session}/live/", "session_live", False, False),
        ("/api/sessions/{session}/alerts/", "session_alerts", False, False),
        ("/courses/{course}/term/", "course_term", True, False),
        ("/courses/{course}/register/", "course_register", True, False),
        pytest.param("/courses/{course}/students/{student}/", "course_student", True, True, marks=pytest.mark.services),
    ],
)
def test_page_opened_by_a_teacher_is_recorded_once(session, ada, path, view, is_about_course, is_about_student):
    teacher = session.course.teachers.get()
    client = client_of(teacher)
    path = path.format(session=session.pk, course=session.course_id, student=ada.pk)
    assert [client.get(path).status_code for _ in range(2)] == [200, 200]
    whole = (session.course_id, None) if is_about_course else (None, session.pk)
    assert events() == [(view, teacher.pk, ada.pk if is_about_student else None, *whole)]


def test_live_page_and_its_state_are_one_look_at_the_class():
    session = factories.session()
    teacher = session.course.teachers.get()
    client = client_of(teacher)
    for path in (f"/sessions/{session.pk}/live/", f"/api/sessions/{session.pk}/live/"):
        assert client.get(path).status_code == 200
    assert events() == [("session_live", teacher.pk, None, None, session.pk)]


def test_page_that_was_refused_is_not_recorded(session, ada):
    assert client_of(factories.teacher()).get(f"/sessions/{session.pk}/").status_code == 404
    assert events() == []


def test_students_own_pages_are_not_recorded(session, ada):
    client = client_of(ada)
    for path in (f"/sessions/{session.pk}/mine/", f"/courses/{session.course_id}/mine/"):
        assert client.get(path).status_code == 200
    assert events() == []


def test_person_opened_in_the_admin_is_recorded(ada):
    administrator = factories.user("administrator")
    assert client_of(administrator).get(f"/admin/accounts/user/{ada.pk}/change/").status_code == 200
    assert events() == [("person", administrator.pk, ada.pk, None, None)]


def test_file_is_recorded_with_whom_it_concerns(session, ada):
    teacher = session.course.teachers.get()
    client = client_of(teacher)
    client.get(f"/courses/{session.course_id}/students/{ada.pk}/sessions.csv")
    client.get(f"/sessions/{session.pk}/students.csv")
    assert events("data_exported") == [
        ("student_sessions_csv", teacher.pk, ada.pk, session.course_id, None),
        ("students_csv", teacher.pk, None, None, session.pk),
    ]
