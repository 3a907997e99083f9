"""Pages of a course's assistants: what teachers see, without the buttons for what only teachers may do."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course(name="Statistics")


@pytest.fixture
def assistant(course):
    return factories.assistant_of(course)


def page(client, person, path: str) -> str:
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize(
    ("path", "actions"),
    [
        (
            "/courses/{course}/",
            [
                "/courses/{course}/sessions/start/",
                "/courses/{course}/members/",
                "/courses/{course}/alerts/",
                "/courses/{course}/camera/",
            ],
        ),
        ("/sessions/{ended}/", ["/sessions/{ended}/edit/"]),
    ],
)
def test_page_has_the_actions_of_teachers_for_teachers_alone(client, course, assistant, path, actions):
    ids = {"course": course.pk, "ended": factories.session(course, ended_at=NOW).pk}
    for person, has_actions in ((course.teachers.get(), True), (assistant, False)):
        shown = page(client, person, path.format(**ids))
        assert [f'"{action.format(**ids)}"' in shown for action in actions] == [has_actions] * len(actions)


def test_live_page_of_assistants_neither_ends_nor_renames_the_class(client, course, assistant):
    session = factories.session(course, started_at=timezone.now())
    paths = [f"/sessions/{session.pk}/{name}/" for name in ("end", "edit")]
    paths += [f"/courses/{course.pk}/{name}/" for name in ("members", "alerts")]
    for person, has_actions in ((course.teachers.get(), True), (assistant, False)):
        shown = page(client, person, f"/sessions/{session.pk}/live/")
        assert [f'"{path}"' in shown for path in paths] == [has_actions] * 4
        assert ("End class" in shown) == has_actions


def test_requests_to_join_are_not_on_the_page_of_assistants(client, course, assistant):
    course.join_requests.create(student=factories.user(name="Waiting Student"), requested_at=NOW)
    assert "Waiting Student" not in page(client, assistant, f"/courses/{course.pk}/")


@pytest.mark.services
def test_home_has_courses_of_every_role(client, course):
    person = course.teachers.get()
    factories.course(name="Assisted").assistants.add(person)
    factories.course(name="Attended").enrolments.create(student=person)
    shown = page(client, person, "/")
    headings = ["Courses you teach or assist in", "Courses you attend", "Join a course"]
    assert [f">{heading}</h2>" in shown for heading in headings] == [True] * 3
    staffed, attended = shown.split("Courses you attend")
    assert [name in staffed for name in ("Statistics", "Assisted", "Attended")] == [True, True, False]
    assert [name in attended for name in ("Statistics", "Assisted", "Attended")] == [False, False, True]
    assert staffed.count("You assist here") == 1


@pytest.mark.parametrize("courses", [1, 3])
def test_home_of_staff_takes_the_same_queries_for_more_courses(client, courses, django_assert_num_queries):
    teacher = factories.teacher()
    for _ in range(courses):
        factories.course(teacher)
        factories.course().assistants.add(teacher)
    client.force_login(teacher)
    with django_assert_num_queries(10):
        client.get("/")


def test_home_of_staff_counts_students_and_classes_one_by_one(client, course):
    """Joined, their tables would have a row for each pair: 300 students and 150 classes are 45,000."""
    for day in range(3):
        factories.session(course, started_at=NOW + timedelta(days=day), ended_at=NOW + timedelta(days=day))
        factories.student_of(course)
    with CaptureQueriesContext(connection) as queries:
        shown = page(client, course.teachers.get(), "/")
    assert "3 students" in shown
    assert "3 classes held" in shown
    tables = ('JOIN "classroom_enrolment"', 'JOIN "classroom_classsession"')
    assert [query for query in queries if all(table in query["sql"] for table in tables)] == []


def test_home_of_a_teacher_who_attends_nothing_has_no_part_for_students(client, course):
    shown = page(client, course.teachers.get(), "/")
    assert "Courses you attend" not in shown
    assert 'href="/courses/join/"' in shown


def test_course_that_a_former_student_assists_in_is_not_one_they_left(client, course):
    ada = factories.student_of(course)
    factories.attendance(factories.session(course, ended_at=NOW), ada)
    course.enrolments.all().delete()
    course.assistants.add(ada)
    shown = page(client, ada, "/")
    assert "Courses you are no longer in" not in shown
    assert "Courses you teach or assist in" in shown


def test_assistant_leaves_the_course_from_their_account(client, course, assistant):
    assert f'id="leave-{course.pk}"' in page(client, assistant, "/accounts/")
    assert client.post(f"/courses/{course.pk}/leave/").url == "/accounts/"
    assert not course.assistants.exists()
    assert client.get(f"/courses/{course.pk}/").status_code == 404


def test_teacher_does_not_leave_the_course_from_their_account(client, course):
    teacher = course.teachers.get()
    assert f'id="leave-{course.pk}"' not in page(client, teacher, "/accounts/")
    assert client.post(f"/courses/{course.pk}/leave/").status_code == 404
    assert course.teachers.get() == teacher


@pytest.mark.services
def test_teacher_who_attends_a_course_can_delete_their_readings(client):
    person = factories.course().teachers.get()
    session = factories.session()
    session.course.enrolments.create(student=person)
    factories.attendance(session, person)
    factories.reading(session, person, after_s=1)
    assert '<h2 id="delete">' in page(client, person, "/privacy/")
    client.post("/readings/erase/")
    assert not person.readings.exists()
