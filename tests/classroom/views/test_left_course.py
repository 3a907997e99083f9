"""Pages about themselves stay available to students who have left a course or were removed from it."""

from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from classroom.models import ClassSession, Enrolment
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course(name="Statistics", description="Room 12")


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


@pytest.fixture
def attended(course, ada):
    """A session that Ada and Ben attended before Ada was removed from the course."""
    session = factories.session(course)
    for student in (ada, factories.student_of(course, "Ben Haddad")):
        factories.attendance(session, student, left_at=NOW + timedelta(minutes=8))
        factories.reading(session, student, after_s=5)
    end_session(session=session, now=NOW + timedelta(minutes=10))
    ada.enrolments.all().delete()
    return session


def own_pages(session) -> list[str]:
    at, course = f"/sessions/{session.pk}", f"/courses/{session.course_id}"
    return [
        f"{at}/mine/",
        f"{at}/mine/readings.csv",
        f"{course}/",
        f"{course}/mine/",
        f"{course}/mine/sessions.csv",
    ]


def class_pages(session) -> list[str]:
    at, course = f"/sessions/{session.pk}", f"/courses/{session.course_id}"
    return [
        f"{at}/",
        f"{at}/live/",
        f"{at}/students.csv",
        f"{at}/attendance.csv",
        f"{at}/readings.csv",
        f"{course}/term/",
        f"{course}/alerts/",
        f"{course}/sessions.csv",
        f"/api/sessions/{session.pk}/live/",
    ]


def statuses(client, user, paths: list[str]) -> set[int]:
    client.force_login(user)
    return {client.get(path).status_code for path in paths}


def content(client, user, path: str) -> str:
    client.force_login(user)
    response = client.get(path)
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def test_own_pages_stay_available(client, attended, ada):
    assert statuses(client, ada, own_pages(attended)) == {200}


def test_own_report_is_unchanged(client, attended, ada):
    client.force_login(ada)
    left = client.get(f"/sessions/{attended.pk}/mine/").context
    client.force_login(attended.course.teachers.get())
    teachers = client.get(f"/sessions/{attended.pk}/students/{ada.pk}/").context
    assert left["report"] == teachers["report"]
    assert left["report"].summary.readings == 1


def test_own_pages_never_name_classmates(client, attended, ada):
    for path in own_pages(attended):
        assert "Haddad" not in content(client, ada, path)
    assert len(content(client, ada, own_pages(attended)[1]).splitlines()) == 2


def test_class_pages_are_closed(client, attended, ada):
    assert statuses(client, ada, class_pages(attended)) == {404}


def test_pages_are_closed_to_strangers(client, attended):
    strangers = [factories.user(), factories.student_of(factories.course()), factories.user("administrator")]
    strangers.append(factories.teacher())
    for stranger in strangers:
        assert statuses(client, stranger, own_pages(attended) + class_pages(attended)) == {404}


def test_session_not_attended_is_closed(client, attended, ada):
    other = factories.session(attended.course, ended_at=NOW + timedelta(minutes=5))
    assert statuses(client, ada, [f"/sessions/{other.pk}/mine/", f"/sessions/{other.pk}/mine/readings.csv"]) == {404}


def test_course_never_attended_is_closed(client, course):
    session = factories.session(course, ended_at=NOW + timedelta(minutes=5))
    cem = factories.student_of(course)
    cem.enrolments.all().delete()
    assert statuses(client, cem, own_pages(session)) == {404}
    assert "courses-left" not in content(client, cem, "/")


def test_running_class_is_closed(client, course, ada):
    session = factories.session(course)
    factories.attendance(session, ada)
    ada.enrolments.all().delete()
    assert statuses(client, ada, [*own_pages(session), f"/sessions/{session.pk}/attend/"]) == {404}


def test_course_page_says_only_that_the_student_left(client, attended, ada):
    factories.session(attended.course, started_at=NOW + timedelta(days=1))
    ClassSession.objects.running().update(topic="Only for the class")
    page = content(client, ada, f"/courses/{attended.course_id}/")
    assert "You are no longer in this course." in page
    assert f"/sessions/{attended.pk}/mine/" in page
    assert [secret for secret in ("Room 12", "Only for the class", "/attend/") if secret in page] == []


def test_home_links_to_left_course(client, attended, ada):
    page = content(client, ada, "/")
    assert f'href="/courses/{attended.course_id}/"' in page
    assert f'href="/sessions/{attended.pk}/mine/"' in page
    assert "You are not in any course." in page


def test_home_lists_a_left_course_once(client, attended, ada):
    second = factories.session(attended.course, ended_at=NOW + timedelta(minutes=5))
    factories.attendance(second, ada)
    client.force_login(ada)
    assert list(client.get("/").context["courses_left"]) == [attended.course]


def test_home_does_not_list_a_current_course_as_left(client, attended):
    ben = attended.attendances.get(student__name="Ben Haddad").student
    client.force_login(ben)
    assert list(client.get("/").context["courses_left"]) == []


def test_enrolling_again_opens_the_course(client, attended, ada):
    Enrolment.objects.create(course=attended.course, student=ada)
    client.force_login(ada)
    assert "You are no longer in this course." not in content(client, ada, f"/courses/{attended.course_id}/")
    assert list(client.get("/").context["courses_left"]) == []


def test_own_pages_stay_when_readings_are_deleted(client, attended, ada):
    client.force_login(ada)
    client.post("/readings/erase/")
    assert statuses(client, ada, own_pages(attended)) == {200}
    assert "No expression was read from you" in content(client, ada, f"/sessions/{attended.pk}/mine/")


@pytest.mark.parametrize("others", [0, 2])
def test_home_query_count_is_independent_of_left_courses(client, ada, attended, others, django_assert_num_queries):
    for _ in range(others):
        session = factories.session(ended_at=NOW + timedelta(minutes=5))
        factories.attendance(session, ada)
    client.force_login(ada)
    with django_assert_num_queries(14):
        client.get("/")
