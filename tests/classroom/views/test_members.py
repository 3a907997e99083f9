"""The page about who is in a course, and what its teachers can change there."""

import re

import pytest

from classroom.models import Course, Enrolment, JoinRequest, Removal
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course(name="Statistics", join_code="STAT2345")


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


@pytest.fixture
def teacher(course, client):
    client.force_login(course.teachers.get())
    return client


def ask(course, name: str):
    student = factories.user("student", name)
    JoinRequest.objects.create(course=course, student=student, requested_at=NOW)
    return student


def change(client, course, **pressed):
    return client.post(f"/courses/{course.pk}/members/change/", pressed, follow=True)


def messages(response) -> list[str]:
    return [str(each) for each in response.context["messages"]]


def test_only_teachers_of_the_course_open_and_change_the_page(client, course, ada):
    waiting = ask(course, "Ben")
    at = f"/courses/{course.pk}/members/"
    posts = [("change/", {"remove": ada.pk}), ("change/", {"approve": "all"}), ("joining/", {}), ("join-code/", {})]
    for person in (ada, waiting, factories.teacher(), factories.user("administrator"), factories.user()):
        client.force_login(person)
        assert client.get(at).status_code == 404
        assert [client.post(at + page, body).status_code for page, body in posts] == [404] * 4
    client.logout()
    assert client.get(at).url == f"/accounts/login/?next={at}"
    assert [client.post(at + page, body).url for page, body in posts] == [f"/accounts/login/?next={at}"] * 4
    assert Enrolment.objects.get().student == ada
    assert JoinRequest.objects.get().student == waiting
    assert Course.objects.get().join_code == "STAT2345"


def test_student_is_removed_and_let_in_again(teacher, course, ada):
    response = change(teacher, course, remove=ada.pk)
    assert messages(response) == ["Ada is no longer in the course. You can let them in again below."]
    assert not Enrolment.objects.exists()
    response = change(teacher, course, readmit=ada.pk)
    assert messages(response) == ["Ada is in the course again."]
    assert Enrolment.objects.get().student == ada


def test_student_is_blocked_and_unblocked(teacher, client, course, ada):
    response = change(teacher, course, block=ada.pk)
    assert messages(response) == [
        "Ada is blocked: no join code lets this account in.",
        "They can come back with another account: make a new code, or let in each student yourself.",
    ]
    client.force_login(ada)
    refused = client.post("/courses/join/", {"join_code": "STAT2345"})
    assert refused.status_code == 422
    assert "You cannot join this course. Ask your teacher if you think this is a mistake." in refused.text
    client.force_login(course.teachers.get())
    response = change(client, course, unblock=ada.pk)
    assert messages(response) == ["Ada is no longer blocked and may join with the code."]
    assert not Removal.objects.exists()


@pytest.mark.services
def test_page_says_that_a_block_holds_for_an_account_alone(teacher, course, ada):
    another_account = "Somebody who is blocked can come back with another account"
    page = f"/courses/{course.pk}/members/"
    assert another_account in teacher.get(page).text
    Course.objects.update(approves_joins=True)
    assert another_account not in teacher.get(page).text
    response = change(teacher, course, block=ada.pk)
    assert messages(response) == ["Ada is blocked: no join code lets this account in."]


def test_requests_are_approved_and_declined_one_by_one(teacher, course):
    ada, ben = ask(course, "Ada"), ask(course, "Ben")
    assert messages(change(teacher, course, approve=ada.pk)) == ["Ada is now in the course."]
    assert messages(change(teacher, course, decline=ben.pk)) == ["You declined the request of Ben."]
    assert Enrolment.objects.get().student == ada
    assert not JoinRequest.objects.exists()


def test_all_requests_are_approved_at_once_from_the_course_page(teacher, course):
    listed = " ".join(str(ask(course, name).pk) for name in ("Ada", "Ben", "Chen"))
    assert "Waiting to be let in" in teacher.get(f"/courses/{course.pk}/").text
    response = change(teacher, course, approve="all", listed=listed, from_course="")
    assert response.redirect_chain == [(f"/courses/{course.pk}/", 302)]
    assert messages(response) == ["3 students are now in the course."]
    assert course.enrolments.count() == 3
    assert "Waiting to be let in" not in response.text


@pytest.mark.parametrize("value", ["", "x", "-1", "²", "9" * 30, "1.5"])
def test_unknown_students_are_left_alone(teacher, course, ada, value):
    response = change(teacher, course, remove=value)
    assert response.status_code == 200
    assert messages(response) == []
    assert Enrolment.objects.get().student == ada


def test_unknown_change_is_refused(teacher, course, ada):
    assert change(teacher, course, promote=ada.pk).status_code == 400


def test_teacher_chooses_who_may_join(teacher, course):
    at = f"/courses/{course.pk}/members/joining/"
    texts = {
        "approved": "New students now need your approval to join.",
        "nobody": "The course is closed to new students. Those in it stay.",
        "everybody": "New students now join immediately.",
    }
    # Closing a course leaves the choice of approval as it was.
    stored = {"approved": (True, True), "nobody": (False, True), "everybody": (True, False)}
    for joining, text in texts.items():
        response = teacher.post(at, {"joining": joining}, follow=True)
        assert messages(response) == [text]
        changed = Course.objects.get()
        assert (changed.accepts_joins, changed.approves_joins) == stored[joining]
        assert re.search(rf'value="{joining}"[^>]*\bchecked\b', response.content.decode())


@pytest.mark.parametrize("body", [{}, {"joining": "friends"}])
def test_unknown_choice_of_who_may_join_changes_nothing(teacher, course, body):
    assert messages(teacher.post(f"/courses/{course.pk}/members/joining/", body, follow=True)) == []
    changed = Course.objects.get()
    assert (changed.accepts_joins, changed.approves_joins) == (True, False)


def test_teacher_makes_a_new_join_code(teacher, course):
    response = teacher.post(f"/courses/{course.pk}/members/join-code/", follow=True)
    new = Course.objects.get().join_code
    assert new != "STAT2345"
    assert messages(response) == [f"The new join code is {new}. The old code and links with it no longer work."]


@pytest.mark.parametrize("students", [1, 3])
def test_query_count_is_independent_of_the_number_of_people(teacher, course, students, django_assert_num_queries):
    for number in range(students):
        factories.student_of(course)
        ask(course, f"Asks {number}")
        Removal.objects.create(course=course, student=factories.user(), join_code="OLD", removed_at=NOW)
    with django_assert_num_queries(11):
        teacher.get(f"/courses/{course.pk}/members/")


@pytest.mark.services
def test_student_who_asked_sees_that_their_teacher_has_to_let_them_in(client, course):
    course.approves_joins = True
    course.save()
    student = factories.user()
    client.force_login(student)
    response = client.post("/courses/join/", {"join_code": "STAT2345"}, follow=True)
    assert response.redirect_chain == [(f"/courses/{course.pk}/", 302)]
    assert "Waiting for your teacher’s approval" in response.text
    assert f'data-waiting-url="/api/courses/{course.pk}/waiting/"' in response.text
    assert f'href="/courses/{course.pk}/"' in client.get("/").text
    assert client.post(f"/courses/{course.pk}/request/withdraw/").url == "/"
    assert not JoinRequest.objects.exists()
    assert client.get(f"/courses/{course.pk}/").status_code == 404
