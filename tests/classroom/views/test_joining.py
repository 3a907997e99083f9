"""A link with a join code, before and after signing in."""

from urllib.parse import parse_qs, urlsplit

import pytest

from classroom.models import Enrolment, JoinRequest
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LINK = "/courses/join/?code=STAT2345"
SIGN_IN = "/accounts/login/?next=%2Fcourses%2Fjoin%2F%3Fcode%3DSTAT2345"


@pytest.fixture
def course():
    return factories.course(factories.teacher("Marta Lindqvist"), name="Statistics", join_code="STAT2345")


def sign_up(client, then: str) -> str:
    form = {"email": "ada@example.org", "name": "Ada", "password1": "correct horse staple", "next": then}
    return client.post("/accounts/signup/", form | {"password2": form["password1"]}).url


@pytest.mark.services
def test_link_names_the_course_and_its_teachers_to_visitors(client, course):
    page = client.get(LINK)
    assert "<h1>Statistics</h1>" in " ".join(page.text.split()).replace("<h1> ", "<h1>").replace(" </h1>", "</h1>")
    assert "You are invited to this course. It is taught by Marta Lindqvist." in page.text


def test_visitor_who_signs_in_lands_in_the_course(client, course):
    student = factories.user()
    assert client.post(LINK, {"then": "login"}).url == SIGN_IN
    response = client.post(
        "/accounts/login/", {"login": student.email, "password": factories.PASSWORD, "next": LINK}, follow=True
    )
    assert [url for url, _ in response.redirect_chain] == [LINK, f"/courses/{course.pk}/"]
    assert "You have joined Statistics." in response.text
    assert Enrolment.objects.get().student == student


def test_visitor_of_a_link_with_the_code_in_another_form_lands_in_the_course(client, course):
    following = client.post("/courses/join/?code=stat-2345", {"then": "login"}).url
    client.force_login(factories.user())
    assert client.get(parse_qs(urlsplit(following).query)["next"][0]).url == f"/courses/{course.pk}/"


def test_visitor_who_signs_up_lands_in_the_course(client, course):
    assert client.post(LINK, {"then": "signup"}).url == SIGN_IN.replace("login", "signup")
    assert sign_up(client, LINK) == LINK
    assert client.get(LINK).url == f"/courses/{course.pk}/"
    assert Enrolment.objects.get().student.name == "Ada"


def test_visitor_whose_signing_in_leads_home_lands_in_the_course(client, course):
    client.post(LINK, {"then": "signup"})
    assert sign_up(client, "/") == "/"
    response = client.get("/", follow=True)
    assert [url for url, _ in response.redirect_chain] == [LINK, f"/courses/{course.pk}/"]


@pytest.mark.services
def test_visitor_of_a_course_that_approves_joins_has_asked_once_signed_in(client, course):
    course.approves_joins = True
    course.save()
    client.post(LINK, {"then": "signup"})
    sign_up(client, LINK)
    assert "Waiting for your teacher’s approval" in client.get(LINK, follow=True).text
    assert JoinRequest.objects.get().student.name == "Ada"


def test_decision_holds_for_its_course_alone(client, course):
    other = factories.course(join_code="OTHER234")
    client.post(LINK, {"then": "login"})
    client.force_login(factories.user())
    assert client.get(f"/courses/join/?code={other.join_code}").status_code == 200
    assert client.get(LINK).status_code == 200
    assert not Enrolment.objects.exists()


def test_link_without_a_course_leads_to_signing_in(client):
    assert client.get(LINK).url == "/accounts/login/?next=/courses/join/%3Fcode%3DSTAT2345"


@pytest.mark.services
def test_signed_in_student_sees_the_course_of_the_link(client, course):
    client.force_login(factories.user())
    page = client.get(LINK).text
    assert "It is taught by Marta Lindqvist." in page
    assert 'value="STAT2345"' in page


def test_course_of_another_school_is_neither_named_nor_joined(client, course):
    client.force_login(factories.user(organisation=factories.organisation()))
    seen, refused = client.get(LINK), client.post("/courses/join/", {"join_code": course.join_code})
    for page in (seen, refused):
        assert ("Statistics" in page.text, "Lindqvist" in page.text) == (False, False)
    assert refused.status_code == 422
    assert "This course belongs to another school, and your account cannot join it." in refused.text
    assert not course.enrolments.exists()


def test_link_opens_the_course_of_a_student_who_is_in_it(client, course):
    client.force_login(factories.student_of(course))
    assert client.get(LINK).url == f"/courses/{course.pk}/"


def test_teacher_of_another_course_who_follows_the_link_joins_as_a_student(client, course):
    client.post(LINK, {"then": "login"})
    teacher = factories.course().teachers.get()
    client.force_login(teacher)
    assert client.get(LINK).url == f"/courses/{course.pk}/"
    assert course.enrolments.get().student == teacher


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("teacher", "You teach or assist in this course, so you cannot join it as a student."),
        ("assistant", "You teach or assist in this course, so you cannot join it as a student."),
        ("administrator", "This account cannot join this course. Sign in with another one."),
    ],
)
def test_staff_and_administrators_who_follow_the_link_cannot_join(client, course, who, text):
    client.post(LINK, {"then": "login"})
    person = {"teacher": course.teachers.get, "assistant": lambda: factories.assistant_of(course)}
    client.force_login(person.get(who, lambda: factories.user("administrator"))())
    response = client.get(LINK)
    assert response.status_code == 422
    assert text in response.text
    assert not course.enrolments.exists()
