"""Answering all requests to join at once: only those that the teacher has seen."""

import re

import pytest

from classroom.models import Enrolment, JoinRequest, Removal
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course()


@pytest.fixture
def teacher(course, client):
    client.force_login(course.teachers.get())
    return client


def ask(course):
    student = factories.user()
    JoinRequest.objects.create(course=course, student=student, requested_at=NOW)
    return student


def listed_on(page: str) -> str:
    return re.search(r'name="listed"\s+value="([\d ]+)">', page)[1]


@pytest.mark.parametrize("page", ["", "members/"])
@pytest.mark.parametrize(("answer", "enrolled"), [("approve", 2), ("decline", 0)])
def test_request_that_came_after_the_page_stays_open(teacher, course, page, answer, enrolled):
    seen = [ask(course).pk for _ in range(2)]
    listed = listed_on(teacher.get(f"/courses/{course.pk}/{page}").text)
    assert sorted(map(int, listed.split())) == seen
    late = ask(course)
    teacher.post(f"/courses/{course.pk}/members/change/", {answer: "all", "listed": listed})
    assert course.enrolments.count() == enrolled
    assert JoinRequest.objects.get().student == late


@pytest.mark.parametrize("change", ["block", "remove", "readmit", "unblock"])
def test_other_changes_concern_no_more_than_one(teacher, course, change):
    waiting, ada = ask(course), factories.student_of(course)
    body = {change: "all", "listed": f"{waiting.pk} {ada.pk}"}
    assert teacher.post(f"/courses/{course.pk}/members/change/", body).status_code == 400
    assert Enrolment.objects.get().student == ada
    assert JoinRequest.objects.get().student == waiting
    assert not Removal.objects.exists()
