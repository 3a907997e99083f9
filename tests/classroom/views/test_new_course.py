from unicodedata import normalize

import pytest

from accounts.models import User
from classroom.models import Course, Term
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NEW = "/courses/new/"


def test_teacher_creates_a_course_where_the_school_lets_them(client, settings):
    settings.TEACHERS_CREATE_COURSES = True
    teacher = factories.teacher()
    client.force_login(teacher)
    assert f'href="{NEW}"' in client.get("/").content.decode()
    response = client.post(NEW, {"name": "Algebra", "description": "", "term": ""}, follow=True)
    course = Course.objects.get()
    assert response.redirect_chain == [(f"/courses/{course.pk}/", 302)]
    assert (course.name, list(course.teachers.all())) == ("Algebra", [teacher])
    assert client.post(NEW, {"name": ""}).status_code == 422


def test_course_and_its_terms_are_those_of_the_teachers_school(client, settings):
    settings.TEACHERS_CREATE_COURSES = True
    teacher = factories.teacher(organisation=factories.organisation())
    elsewhere = Term.objects.create(name="Elsewhere", first_day=NOW, last_day=NOW)
    client.force_login(teacher)
    assert client.post(NEW, {"name": "Algebra", "term": elsewhere.pk}).status_code == 422
    assert client.post(NEW, {"name": "Algebra"}).status_code == 302
    assert (Course.objects.get().organisation, Course.objects.get().teachers.get()) == (teacher.organisation, teacher)


def test_name_is_stored_in_unicodes_composed_form(client, settings):
    settings.TEACHERS_CREATE_COURSES = True
    client.force_login(factories.teacher())
    client.post(NEW, {"name": normalize("NFD", "Français")})
    assert Course.objects.get().name == normalize("NFC", "Français")


def test_simulated_teacher_creates_none(client, settings):
    settings.TEACHERS_CREATE_COURSES = True
    client.force_login(User.objects.create(email="t@simulation.invalid", name="T", role="teacher"))
    assert client.post(NEW, {"name": "Algebra"}).status_code == 404
    assert not Course.objects.exists()


@pytest.mark.parametrize(("role", "allowed"), [("teacher", False), ("student", True), ("administrator", True)])
def test_nobody_else_creates_courses(client, settings, role, allowed):
    settings.TEACHERS_CREATE_COURSES = allowed
    client.force_login(factories.user(role))
    assert f'href="{NEW}"' not in client.get("/", follow=True).content.decode()
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, {"name": "Algebra"}).status_code == 404
    assert not Course.objects.exists()
