"""Guessing join codes, and coming back to a course after a removal."""

from typing import Any

import pytest
from django.test import Client

from classroom.models import Course, Enrolment, Removal
from classroom.views import throttling
from classroom.views.throttling import MAX_WRONG_CODES_OF_ADDRESS
from tests import factories

pytestmark = pytest.mark.django_db
TOO_MANY = "Too many wrong codes. Try again in ten minutes."
REMOVED = "You were removed from this course. Your teacher can let you in again."


# A fifth of the product's, to make fewer guesses.
WRONG_CODES_OF_ADDRESS = 20


@pytest.fixture(autouse=True)
def _few_codes_of_an_address(monkeypatch):
    monkeypatch.setattr(throttling, "MAX_WRONG_CODES_OF_ADDRESS", WRONG_CODES_OF_ADDRESS)


@pytest.fixture(autouse=True)
def _within_one_period(monkeypatch):
    monkeypatch.setattr("classroom.infra.rate_limits._clock", lambda: 1_700_000_000.0)


@pytest.fixture
def course():
    return factories.course(name="Statistics")


def signed_in(user, address: str = "192.0.2.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.force_login(user)
    return client


def join(client: Client, join_code: str):
    return client.post("/courses/join/", {"join_code": join_code})


def guesses(client: Client, times: int) -> list[int]:
    return [join(client, f"WRONG{number:03}").status_code for number in range(times)]


def test_limit_of_the_product():
    assert MAX_WRONG_CODES_OF_ADDRESS == 100


def test_student_has_ten_wrong_codes_and_then_waits(course):
    client = signed_in(factories.user())
    assert guesses(client, 12) == [422] * 10 + [429] * 2
    response = join(client, course.join_code)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 600
    assert TOO_MANY in response.text
    assert not Enrolment.objects.exists()


def test_student_who_changes_the_address_waits_too(course):
    student = factories.user()
    guesses(signed_in(student), 10)
    assert join(signed_in(student, "198.51.100.7"), course.join_code).status_code == 429


def test_class_behind_one_address_joins_although_each_slips_twice(course):
    for _ in range(12):
        client = signed_in(factories.user())
        assert guesses(client, 2) == [422, 422]
        assert join(client, course.join_code).status_code == 302
    assert course.enrolments.count() == 12


def test_many_accounts_at_one_address_have_three_guesses_each_once_there_were_enough(course):
    for _ in range(WRONG_CODES_OF_ADDRESS // 10):
        guesses(signed_in(factories.user()), 10)
    assert guesses(signed_in(factories.user()), 5) == [422] * 3 + [429] * 2
    assert guesses(signed_in(factories.user(), "198.51.100.7"), 5) == [422] * 5
    assert join(signed_in(factories.user()), course.join_code).status_code == 302


def test_links_with_wrong_codes_count_too(course):
    client = signed_in(factories.user())
    named = [course.name in client.get(f"/courses/join/?code={code}").text for code in ["WRONG234"] * 10]
    assert named == [False] * 10
    assert course.name not in client.get(f"/courses/join/?code={course.join_code}").text
    assert join(client, course.join_code).status_code == 429


def test_visitor_learns_no_course_after_many_wrong_codes_at_their_address(course):
    visitor, link = Client(REMOTE_ADDR="192.0.2.1"), f"/courses/join/?code={course.join_code}"
    assert course.name in visitor.get(link).text
    for number in range(WRONG_CODES_OF_ADDRESS):
        assert visitor.get(f"/courses/join/?code=WRONG{number:03}").status_code == 302
    assert visitor.get(link).url == f"/accounts/login/?next=/courses/join/%3Fcode%3D{course.join_code}"
    assert course.name in Client(REMOTE_ADDR="198.51.100.7").get(link).text


def test_link_alone_enrols_nobody(course):
    link = f"/courses/join/?code={course.join_code}"
    student = factories.user()
    signed_in(student).get(link)
    visitor = Client()
    visitor.get(link)
    visitor.force_login(student)
    visitor.get(link)
    assert not Enrolment.objects.exists()


def test_visitor_joins_only_with_a_form_of_this_site(course):
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(f"/courses/join/?code={course.join_code}", {"then": "login"}).status_code == 403


@pytest.mark.parametrize(("minutes", "enrolled"), [(14, 1), (15, 0)])
def test_decision_of_a_visitor_holds_for_fifteen_minutes(course, wall_clock, minutes, enrolled):
    link, visitor = f"/courses/join/?code={course.join_code}", Client()
    visitor.post(link, {"then": "login"})
    wall_clock.advance(60 * minutes)
    visitor.force_login(factories.user())
    response = visitor.get("/", follow=True)
    assert response.redirect_chain[0] == (link, 302)
    assert course.enrolments.count() == enrolled
    assert ("You are invited to this course." in response.text) == (not enrolled)
    assert visitor.get(link).status_code == (302 if enrolled else 200)


def test_removed_student_does_not_come_back_with_the_same_code(course):
    student = factories.student_of(course)
    Enrolment.objects.filter(student=student).delete()
    response = join(signed_in(student), course.join_code)
    assert response.status_code == 422
    assert REMOVED in response.text
    assert not Enrolment.objects.exists()


def test_removed_student_comes_back_with_a_new_code(course):
    student = factories.student_of(course)
    Enrolment.objects.get().delete()
    Course.objects.update(join_code="NEWCODE2")
    assert join(signed_in(student), "NEWCODE2").status_code == 302
    assert not Removal.objects.exists()


def admin_form(course: Course, enrolments: list[dict], removals: list[dict]) -> dict[str, Any]:
    teachers = [teacher.pk for teacher in course.teachers.all()]
    form = {"name": course.name, "description": "", "teachers": teachers}
    for prefix, rows in (("enrolments", enrolments), ("removals", removals)):
        form |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": sum("id" in row for row in rows)}
        form |= {
            f"{prefix}-{number}-{field}": value
            for number, row in enumerate(rows)
            for field, value in {"course": course.pk, **row}.items()
        }
    return form


def test_administrator_removes_a_student_and_lets_them_in_again(course):
    student = factories.student_of(course)
    admin, url = signed_in(factories.user("administrator")), f"/admin/classroom/course/{course.pk}/change/"
    enrolment = {"id": Enrolment.objects.get().pk, "student": student.pk, "DELETE": "on"}
    assert admin.post(url, admin_form(course, [enrolment], [])).status_code == 302
    assert join(signed_in(student), course.join_code).status_code == 422
    removal = {"id": Removal.objects.get().pk, "DELETE": "on"}
    assert admin.post(url, admin_form(course, [], [removal])).status_code == 302
    assert join(signed_in(student), course.join_code).status_code == 302


def test_administrator_who_enrols_a_student_again_ends_the_removal(course):
    student = factories.student_of(course)
    Enrolment.objects.get().delete()
    admin = signed_in(factories.user("administrator"))
    removal = {"id": Removal.objects.get().pk}
    form = admin_form(course, [{"student": student.pk}], [removal])
    assert admin.post(f"/admin/classroom/course/{course.pk}/change/", form).status_code == 302
    assert Enrolment.objects.get().student == student
    assert not Removal.objects.exists()


@pytest.mark.parametrize("deleted", ["course", "student"])
def test_deleting_the_course_or_the_student_leaves_no_removal(course, deleted):
    student = factories.student_of(course)
    (course if deleted == "course" else student).delete()
    assert not Removal.objects.exists()
