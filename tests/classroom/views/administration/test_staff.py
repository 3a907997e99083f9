"""How administrators find and choose the teachers and assistants of a course."""

import re

import pytest

from classroom.models import Course
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(factories.user("administrator"))
    return client


@pytest.fixture
def course():
    return factories.course(factories.teacher("Ada Lovelace"), name="Algebra")


def change(client, course, **pressed):
    return client.post(f"/administration/courses/{course.pk}/staff/", pressed, follow=True)


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def found(client, course, words: str) -> list[tuple[str, list[str]]]:
    """The names that a search finds, each with its buttons."""
    response = client.get(f"/administration/courses/{course.pk}/", {"find": words})
    page = response.content.decode().partition('data-testid="people-found"')[2]
    rows = page.partition("</ul>")[0].split("<li")[1:]
    return [(re.search("<strong>([^<]+)", row)[1], re.findall(r'name="(\w+)"', row)) for row in rows]


def test_search_offers_people_who_are_not_in_the_course(admin, course):
    factories.teacher("Ada Byron")
    factories.user("student", "Ada Student")
    factories.student_of(course, "Ada Member")
    factories.user("teacher", "Ada Gone", is_active=False)
    factories.user("administrator", "Ada Admin")
    assert found(admin, course, "ada") == [
        ("Ada Byron", ["add_teacher", "add_assistant"]),
        ("Ada Student", ["add_assistant"]),
    ]
    assert found(admin, course, "ada lovelace") == found(admin, course, "") == []


def test_search_shows_the_first_of_many_and_says_so(admin, course):
    for n in range(25):
        factories.teacher(f"Bo {n:02}")
    assert len(found(admin, course, "bo")) == 20
    assert "There are more." in admin.get(f"/administration/courses/{course.pk}/?find=bo").content.decode()


def test_teachers_and_assistants_are_added_and_removed(admin, course):
    ada, bo, cleo = course.teachers.get(), factories.teacher("Bo"), factories.user("student", "Cleo")
    assert messages(change(admin, course, add_teacher=bo.pk)) == ["Bo now teaches this course."]
    assert messages(change(admin, course, add_assistant=cleo.pk)) == ["Cleo now assists in this course."]
    assert (set(course.teachers.all()), set(course.assistants.all())) == ({ada, bo}, {cleo})
    assert messages(change(admin, course, remove_teacher=ada.pk)) == ["Ada Lovelace no longer teaches this course."]
    assert messages(change(admin, course, remove_assistant=cleo.pk)) == ["Cleo no longer assists in this course."]
    assert (set(course.teachers.all()), set(course.assistants.all())) == ({bo}, set())


def test_last_teacher_stays(admin, course):
    ada = course.teachers.get()
    assert messages(change(admin, course, remove_teacher=ada.pk)) == [
        "A course needs a teacher who can sign in. Add another one first."
    ]
    assert list(course.teachers.all()) == [ada]


def test_nobody_gets_a_role_that_they_cannot_have(admin, course):
    student, member = factories.user("student", "Cleo"), factories.student_of(course, "Dora")
    assert messages(change(admin, course, add_teacher=student.pk)) == ["The account of Cleo cannot have this role."]
    assert messages(change(admin, course, add_assistant=member.pk)) == ["Dora already has another role in this course."]
    assert not course.assistants.exists()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("pressed", "status"),
    [({}, 400), ({"promote": "1"}, 400), ({"add_teacher": "x"}, 404), ({"add_teacher": "0"}, 404)],
)
def test_nonsense_is_refused(admin, course, pressed, status):
    assert change(admin, course, **pressed).status_code == status


def test_course_that_is_being_deleted_gets_nobody(admin, course):
    Course.objects.update(archived_at=NOW, deletion_began_at=NOW)
    assert change(admin, course, add_teacher=factories.teacher().pk).status_code == 400
