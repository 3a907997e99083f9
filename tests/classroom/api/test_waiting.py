import pytest

from classroom.models import JoinRequest
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course()


def ask(client, user, course):
    client.force_login(user)
    return client.get(f"/api/courses/{course.pk}/waiting/")


def test_student_gets_the_page_of_the_running_class(client, course):
    student = factories.student_of(course)
    assert ask(client, student, course).json() == {"enrolled": True, "page": None}
    session = factories.session(course)
    assert ask(client, student, course).json() == {"enrolled": True, "page": f"/sessions/{session.pk}/attend/"}


def test_student_who_asked_to_join_learns_only_that(client, course):
    student = factories.user()
    JoinRequest.objects.create(course=course, student=student, requested_at=NOW)
    factories.session(course)
    assert ask(client, student, course).json() == {"enrolled": False, "page": None}


def test_others_find_nothing(client, course):
    others = [factories.user(), factories.student_of(factories.course()), course.teachers.get()]
    others.append(factories.user("administrator"))
    assert [ask(client, each, course).status_code for each in others] == [404] * 4
    client.logout()
    assert client.get(f"/api/courses/{course.pk}/waiting/").status_code == 403


def test_page_asks_with_few_queries(client, course, django_assert_num_queries):
    student = factories.student_of(course)
    client.force_login(student)
    with django_assert_num_queries(4):
        client.get(f"/api/courses/{course.pk}/waiting/")
