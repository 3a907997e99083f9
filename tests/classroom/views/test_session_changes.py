"""Renaming and deleting a class."""

import re
from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from classroom.models import ClassSession
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
# 200 signs of a Hindi topic, with vowel signs and conjuncts.
LONG = ("द्विघात समीकरणों के हल और उनके आलेख " * 10)[:200]


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def teacher(client, session):
    client.force_login(session.course.teachers.get())
    return client


def end(session):
    end_session(session=session, now=NOW + timedelta(minutes=10))


def test_only_teachers_of_the_course_change_a_class(client, session):
    end(session)
    at = f"/sessions/{session.pk}"
    others = [factories.student_of(session.course), factories.teacher(), factories.user("administrator")]
    for person in others:
        client.force_login(person)
        assert client.get(f"{at}/edit/").status_code == 404
        assert client.post(f"{at}/rename/", {"topic": "Mine"}).status_code == 404
        assert client.post(f"{at}/delete/", {"sure": "on"}).status_code == 404
    client.logout()
    for page, body in (("rename", {"topic": "Mine"}), ("delete", {"sure": "on"})):
        assert client.post(f"{at}/{page}/", body).url == f"/accounts/login/?next={at}/edit/"
    assert ClassSession.objects.get().topic == "Means"


@pytest.mark.parametrize(("ended", "page"), [(False, "live/"), (True, "")])
def test_class_is_renamed_while_it_runs_and_afterwards(teacher, session, ended, page):
    if ended:
        end(session)
    response = teacher.post(f"/sessions/{session.pk}/rename/", {"topic": "  Medians "})
    assert response.url == f"/sessions/{session.pk}/{page}"
    assert ClassSession.objects.get().topic == "Medians"


@pytest.mark.parametrize("topic", ["", "   ", "x" * 201])
def test_class_keeps_its_topic_instead_of_an_invalid_one(teacher, session, topic):
    response = teacher.post(f"/sessions/{session.pk}/rename/", {"topic": topic})
    assert response.status_code == 422
    assert response.context["topic_form"].errors["topic"]
    assert ClassSession.objects.get().topic == "Means"


def test_topic_of_two_hundred_letters_in_hindi_is_kept_whole(teacher, session):
    assert len(LONG) == 200
    teacher.post(f"/sessions/{session.pk}/rename/", {"topic": LONG})
    kept = LONG.strip()
    assert ClassSession.objects.get().topic == kept
    end(session)
    pages = [f"/sessions/{session.pk}/", f"/sessions/{session.pk}/edit/", f"/courses/{session.course_id}/"]
    assert all(kept in teacher.get(page).text for page in pages)
    assert teacher.get(f"/sessions/{session.pk}/attendance.csv").status_code == 200  # its file name has the topic
    assert kept in teacher.get(f"/courses/{session.course_id}/sessions.csv").text


def test_page_states_what_goes_with_the_class(teacher, session):
    for _ in range(2):
        student = factories.student_of(session.course)
        factories.attendance(session, student, left_at=NOW + timedelta(minutes=8))
        factories.reading(session, student, after_s=5)
    end(session)
    page = teacher.get(f"/sessions/{session.pk}/edit/").text
    items = re.findall(r"<li>(.*?)</li>", page.partition('data-testid="contents"')[2].partition("</ul>")[0])
    assert items == ["the attendance of 2 students", "2 readings, with the summaries made from them"]


def test_class_is_deleted_once_the_teacher_is_sure(teacher, session):
    end(session)
    at = f"/sessions/{session.pk}/delete/"
    assert teacher.post(at).url == f"/sessions/{session.pk}/edit/"
    assert ClassSession.objects.exists()
    response = teacher.post(at, {"sure": "on"}, follow=True)
    assert response.redirect_chain == [(f"/courses/{session.course_id}/", 302)]
    assert "“Means” was deleted with everything recorded in it." in response.text
    assert not ClassSession.objects.exists()


def test_running_class_is_not_deleted(teacher, session):
    assert "A running class cannot be deleted. End it first." in teacher.get(f"/sessions/{session.pk}/edit/").text
    response = teacher.post(f"/sessions/{session.pk}/delete/", {"sure": "on"}, follow=True)
    assert "“Means” is still running. End it first." in response.text
    assert ClassSession.objects.get() == session


def test_class_starts_without_a_topic(client):
    course = factories.course()
    client.force_login(course.teachers.get())
    client.post(f"/courses/{course.pk}/sessions/start/", {"topic": " "})
    assert ClassSession.objects.get().topic.startswith("Class on ")
