"""A student's attendance through requests, if the network blocks the socket."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from classroom.domain.asking import ask_class
from classroom.domain.attendance import join_session
from classroom.domain.self_reports import raised_hand
from classroom.domain.sessions import end_session
from classroom.models import Attendance, ClassSession, SelfReport, Stay
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


@pytest.fixture
def student(session):
    return factories.student_of(session.course)


@pytest.fixture
def post(session, student):
    client = signed_in(student)
    return lambda **body: client.post(address(session), body, content_type="application/json")


def address(session) -> str:
    return f"/api/sessions/{session.pk}/attendance/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_visitor_cannot_attend(session):
    assert Client().post(address(session)).status_code == 403
    assert not Stay.objects.exists()


def test_session_does_not_exist_for_others(session):
    others = [session.course.teachers.get(), factories.user(), factories.user("administrator")]
    assert [signed_in(each).post(address(session)).status_code for each in others] == [404] * 3
    assert not Stay.objects.exists()


def test_other_methods_are_refused(session, student):
    assert signed_in(student).get(address(session)).status_code == 405


def test_first_request_joins_and_the_next_are_heartbeats(session, student, post):
    answer = post()
    assert answer.status_code == 200
    assert {**answer.json(), "now": 0} == {"now": 0, "said": None, "hand_up": False, "asked_at": None}
    joined = Stay.objects.get()
    assert (joined.attendance.student, joined.left_at) == (student, None)
    Stay.objects.update(last_seen_at=joined.joined_at - timedelta(seconds=30))
    post()
    assert Stay.objects.get().last_seen_at > joined.last_seen_at


def test_stay_of_a_socket_is_continued(session, student, post):
    stay = join_session(session=session, student=student, now=timezone.now())
    post()
    assert Stay.objects.get() == stay


@pytest.mark.services
def test_stay_that_was_lost_is_followed_by_another(session, student, post):
    post()
    Stay.objects.update(joined_at=timezone.now() - timedelta(minutes=5))
    Stay.objects.update(last_seen_at=timezone.now() - timedelta(minutes=2))
    post()
    assert [stay.left_at is None for stay in Stay.objects.order_by("pk")] == [False, True]


def test_answer_and_hand_are_recorded_and_returned(session, student, post):
    answer = post(answer="lost").json()
    report = SelfReport.objects.get()
    assert (report.student, report.answer) == (student, "lost")
    at = report.at.timestamp()
    assert answer["said"] == {"answer": "lost", "at": at, "holds_until": at + 180}
    assert post(hand_up=True).json()["hand_up"] is True
    assert raised_hand(session=session, student=student) is not None
    assert post(hand_up=False).json()["hand_up"] is False
    assert raised_hand(session=session, student=student) is None


def test_ask_is_returned_until_it_is_over(session, post):
    asked_at = ask_class(session=session, author=session.course.teachers.get(), now=timezone.now())
    assert post().json()["asked_at"] == asked_at.timestamp()
    assert post(answer="lost").json()["said"]["at"] > asked_at.timestamp()
    ClassSession.objects.update(asked_at=timezone.now() - timedelta(minutes=3))
    assert post().json()["asked_at"] is None


@pytest.mark.services
def test_unknown_answer_is_refused(post):
    assert post(answer="bored").status_code == 400
    assert not SelfReport.objects.exists()


def test_leaving_ends_the_stay(post):
    post()
    assert post(left=True).status_code == 200
    assert Stay.objects.get().left_at is not None
    assert Attendance.objects.get().left is True


def test_poll_that_arrives_after_leaving_does_not_bring_the_student_back(post):
    post(joins=True)
    post(left=True)
    assert [post().status_code, post(answer="lost").status_code] == [409, 409]
    assert Stay.objects.get().left_at is not None
    assert Attendance.objects.get().left is True
    assert not SelfReport.objects.exists()


def test_student_who_left_joins_again(post):
    post(joins=True)
    post(left=True)
    assert post(joins=True).status_code == 200
    assert Stay.objects.get().left_at is None
    assert Attendance.objects.get().left is False


def test_polls_do_not_use_up_the_commands(post):
    assert [post().status_code for _ in range(121)] == [200] * 120 + [429]
    assert [post(answer="lost").status_code for _ in range(61)] == [200] * 60 + [429]


def test_ended_session_is_gone(session, post):
    post()
    end_session(session=session, now=timezone.now())
    assert [post().status_code, post(answer="lost").status_code] == [410, 410]
    assert not SelfReport.objects.exists()


def test_student_who_was_removed_from_the_course_is_not_found(session, post):
    post()
    session.course.enrolments.all().delete()
    assert post().status_code == 404
