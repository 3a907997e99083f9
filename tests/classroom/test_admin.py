"""Django's admin keeps each person to one role in a course, and each course with a teacher."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(client):
    client.force_login(factories.user("administrator"))

    def post(course, *, teachers=(), assistants=(), students=()):
        inline = {"enrolments-TOTAL_FORMS": len(students), "enrolments-INITIAL_FORMS": 0}
        inline |= {f"enrolments-{n}-student": student.pk for n, student in enumerate(students)}
        inline |= {"removals-TOTAL_FORMS": 0, "removals-INITIAL_FORMS": 0}
        people = {"teachers": [each.pk for each in teachers], "assistants": [each.pk for each in assistants]}
        return client.post(f"/admin/classroom/course/{course.pk}/change/", {"name": course.name, **people, **inline})

    return post


def test_people_with_one_role_each_are_saved(save):
    course, ada = factories.course(), factories.user()
    colleague, ben = factories.teacher(), factories.user()
    teacher = course.teachers.get()
    assert save(course, teachers=[teacher], assistants=[colleague, ada], students=[ben]).status_code == 302
    assert (set(course.assistants.all()), course.enrolments.get().student) == ({colleague, ada}, ben)


def test_teacher_who_is_an_assistant_too_is_refused(save):
    course = factories.course()
    teacher = course.teachers.get()
    response = save(course, teachers=[teacher], assistants=[teacher])
    assert f"Already teachers of this course: {teacher.name}" in response.text
    assert not course.assistants.exists()


def test_student_who_is_staff_too_is_refused(save):
    course, ada = factories.course(), factories.user(name="Ada")
    response = save(course, teachers=course.teachers.all(), assistants=[ada], students=[ada])
    assert "Already teachers or assistants of this course: Ada" in response.text
    assert not course.enrolments.exists()


def test_administrator_does_not_enrol(save):
    course, other = factories.course(), factories.user("administrator", "Ravi")
    response = save(course, teachers=course.teachers.all(), students=[other])
    assert "These accounts cannot join this course: Ravi" in response.text
    assert not course.enrolments.exists()


def test_course_keeps_its_teacher(save):
    course = factories.course()
    response = save(course)
    assert "A course needs a teacher who can sign in." in response.text
    assert course.teachers.count() == 1


def test_page_of_a_course_does_not_list_all_people(save, client):
    course, stranger = factories.course(), factories.teacher("Ravi")
    page = client.get(f"/admin/classroom/course/{course.pk}/change/").text
    assert course.teachers.get().name in page
    assert stranger.name not in page


def test_query_count_is_independent_of_consents(save, client, django_assert_num_queries):
    course = factories.course()
    factories.student_of(course)
    with CaptureQueriesContext(connection) as for_one:
        client.get("/admin/classroom/courseconsent/")
    factories.student_of(course)
    with django_assert_num_queries(len(for_one)):
        client.get("/admin/classroom/courseconsent/")
