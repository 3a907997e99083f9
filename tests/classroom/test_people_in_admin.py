"""Django's admin keeps the rules of the product's own pages."""

import pytest

from accounts.models import User
from classroom.domain.courses.membership import block_students
from classroom.models import Removal
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


def change(client, user, **fields):
    stored = {"email": user.email, "name": user.name, "role": user.role}
    return client.post(f"/admin/accounts/user/{user.pk}/change/", stored | fields)


@pytest.mark.parametrize("fields", [{}, {"is_active": "on", "role": "administrator"}])
def test_only_teacher_of_a_course_is_neither_deactivated_nor_given_another_role(client, administrator, fields):
    teacher = factories.course(name="Algebra").teachers.get()
    response = change(client, teacher, **fields)
    assert (response.status_code, "Others depend on the account: Algebra" in response.text) == (200, True)
    teacher.refresh_from_db()
    assert (teacher.is_active, teacher.role) == (True, "teacher")


@pytest.mark.parametrize("fields", [{}, {"is_active": "on", "role": "teacher"}])
def test_administrators_do_not_shut_themselves_out(client, administrator, fields):
    factories.user("administrator")
    assert "Another administrator has to do this." in change(client, administrator, **fields).text


def test_only_teachers_of_a_course_are_not_deleted_together(client, administrator):
    course = factories.course(factories.teacher(), factories.teacher(), name="Algebra")
    first, second = course.teachers.all()
    selected = {"action": "delete_selected", "_selected_action": [first.pk, second.pk], "post": "yes"}
    client.post("/admin/accounts/user/", selected)
    assert course.teachers.count() == 2
    client.post(f"/admin/accounts/user/{first.pk}/delete/", {"post": "yes"})
    client.post(f"/admin/accounts/user/{second.pk}/delete/", {"post": "yes"})
    assert list(course.teachers.all()) == [second]


def test_own_account_is_not_deleted(client, administrator):
    factories.user("administrator")
    client.post(f"/admin/accounts/user/{administrator.pk}/delete/", {"post": "yes"})
    assert User.objects.filter(pk=administrator.pk).exists()


def test_enrolling_a_blocked_student_lifts_the_block(client, administrator):
    course, student = factories.course(), factories.user()
    factories.Enrolment.objects.create(course=course, student=student)
    block_students(course=course, students=[student.pk], now=NOW)
    fields = {
        "name": course.name,
        "teachers": [course.teachers.get().pk],
        "enrolments-TOTAL_FORMS": 1,
        "enrolments-INITIAL_FORMS": 0,
        "enrolments-0-student": student.pk,
        "removals-TOTAL_FORMS": 0,
        "removals-INITIAL_FORMS": 0,
    }
    page = f"/admin/classroom/course/{course.pk}/change/"
    assert client.post(page, fields).status_code == 302
    assert (course.enrolments.get().student, Removal.objects.count()) == (student, 0)
