"""Requests with tokens: who they are, what a scope allows, and how many there may be."""

import pytest
from django.test import Client

from accounts.models import Scope
from tests import factories
from tests.classroom.api.v1.programs import ROOT, Program

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def with_header(value: str) -> Client:
    return Client(headers={"Authorization": value})


@pytest.mark.parametrize("header", ["Bearer ", "Bearer attune_unknown", "bearer é", "Bearer a b c"])
def test_unknown_token_is_refused(header):
    response = with_header(header).get(f"{ROOT}courses/")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Attune"'
    assert response.json()["detail"] == "The token is unknown, has expired or was revoked."


def test_request_with_a_wrong_token_never_falls_back_to_the_session():
    client = with_header("Bearer attune_unknown")
    client.force_login(factories.user())
    assert client.get(f"{ROOT}courses/").status_code == 401


def test_token_acts_for_its_user():
    teacher = factories.teacher()
    course, _ = factories.course(teacher), factories.course()
    assert Program(teacher).ids("courses/") == [course.pk]


def test_token_without_the_scope_is_refused():
    course = factories.course()
    program = Program(course.teachers.get(), Scope.ATTENDANCE_READ)
    response = program.get(f"{ROOT}courses/")
    assert response.status_code == 403
    assert response.json()["detail"] == "The token lacks the scope courses:read."
    assert Program(course.teachers.get(), Scope.COURSES_READ).send(f"courses/{course.pk}/sessions/").status_code == 403
    assert not course.sessions.exists()


def test_token_needs_no_csrf_token_and_the_session_does():
    course = factories.course()
    path = f"{ROOT}courses/{course.pk}/sessions/"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(course.teachers.get())
    assert browser.post(path).status_code == 403
    assert Program(course.teachers.get()).send(f"courses/{course.pk}/sessions/").status_code == 201


def test_answers_to_tokens_are_kept_out_of_caches():
    response = Program(factories.user()).get(f"{ROOT}courses/")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_each_token_has_its_own_limit(settings):
    settings.API_REQUESTS_A_MINUTE = 2
    user = factories.user()
    program, other = Program(user), Program(user)
    assert [program.get(f"{ROOT}courses/").status_code for _ in range(3)] == [200, 200, 429]
    assert other.get(f"{ROOT}courses/").status_code == 200
    refused = program.get(f"{ROOT}courses/")
    assert refused.headers["Retry-After"] == "60"
    assert refused.json()["status"] == 429


def test_pages_of_a_browser_share_one_limit(settings):
    settings.API_REQUESTS_A_MINUTE = 1
    user, browsers = factories.user(), [Client(), Client()]
    for browser in browsers:
        browser.force_login(user)
    assert [browser.get(f"{ROOT}courses/").status_code for browser in browsers] == [200, 429]
