"""Limits on student actions that make every open dashboard of their classes reload."""

import pytest

from classroom.models import Enrolment, JoinRequest
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _within_one_minute(monkeypatch):
    monkeypatch.setattr("classroom.infra.rate_limits._clock", lambda: 1_700_000_000.0)


@pytest.fixture
def course():
    return factories.course(join_code="STAT2345")


@pytest.fixture
def student(client):
    student = factories.user("student", "Ada")
    client.force_login(student)
    return student


def rename(client, number: int):
    return client.post("/accounts/", {"name": f"Ada {number}", "language": "", "time_zone": ""})


def join(client):
    return client.post("/courses/join/", {"join_code": "STAT2345"})


def test_name_changes_ten_times_a_minute(client, student):
    assert [rename(client, number).status_code for number in range(11)] == [302] * 10 + [429]
    student.refresh_from_db()
    assert student.name == "Ada 9"
    same_name = {"name": "Ada 9", "language": "", "time_zone": "Asia/Kolkata"}
    assert client.post("/accounts/", same_name).status_code == 302


def test_refusal_says_when_to_try_again(client, student):
    refused = [rename(client, number) for number in range(11)][-1]
    assert refused["Retry-After"] == "60"
    assert "Try again in 60 seconds." in refused.text


def test_joining_and_leaving_count_together(client, student, course):
    for _ in range(5):
        assert join(client).status_code == 302
        assert client.post(f"/courses/{course.pk}/leave/").status_code == 302
    assert join(client).status_code == 429
    assert not Enrolment.objects.exists()
    client.force_login(factories.user())
    assert join(client).status_code == 302


def test_student_who_is_over_the_limit_stays_in_the_course(client, student, course):
    assert [join(client).status_code for _ in range(10)] == [302] * 10
    assert client.post(f"/courses/{course.pk}/leave/").status_code == 429
    assert Enrolment.objects.get().student == student


def test_requests_and_withdrawals_count_together(client, student, course):
    course.approves_joins = True
    course.save()
    withdraw = f"/courses/{course.pk}/request/withdraw/"
    for _ in range(4):
        assert [join(client).status_code, client.post(withdraw).status_code] == [302, 302]
    assert [join(client).status_code for _ in range(2)] == [302] * 2
    assert client.post(withdraw).status_code == 429
    assert JoinRequest.objects.get().student == student
