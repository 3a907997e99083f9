"""Errors under the API's path are problem details, wherever they arise."""

import pytest
from django.db import OperationalError
from django.test import Client

from classroom.api.v1 import courses
from tests import factories
from tests.classroom.api.v1.programs import ROOT, Program

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def problem(response) -> dict:
    assert response.headers["Content-Type"] == "application/problem+json"
    # A client waits for the rest of a body that is shorter than announced.
    assert response.headers["Content-Length"] == str(len(response.content))
    return response.json()


def test_refusal_names_the_status_and_the_reason():
    response = Client().get(f"{ROOT}courses/")
    assert problem(response) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Authentication credentials were not provided.",
    }


def test_invalid_request_names_the_fields():
    program = Program(factories.user())
    response = program.get(f"{ROOT}sessions/", {"course": "x", "started_after": "yesterday"})
    assert response.status_code == 400
    assert problem(response)["errors"] == [
        {"field": "course", "detail": "Enter a whole number."},
        {"field": "started_after", "detail": "Enter a valid date/time."},
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "nowhere/", 404),
        ("get", "courses/0/", 404),
        ("get", "courses/99999999999999999999/", 404),
        ("delete", "courses/", 405),
        ("options", "courses/", 405),
    ],
)
def test_other_errors_are_problems_too(method, path, status):
    response = getattr(Program(factories.user()), method)(ROOT + path)
    assert (response.status_code, problem(response)["status"]) == (status, status)


def test_body_that_is_no_json_is_a_problem():
    course = factories.course()
    program, path = Program(course.teachers.get()), f"{ROOT}courses/{course.pk}/sessions/"
    answers = [
        program.post(path, body, content_type=kind) for body, kind in (("{", "application/json"), ("a", "text/csv"))
    ]
    assert [problem(answer)["status"] for answer in answers] == [400, 415]


@pytest.mark.parametrize(
    ("fault", "status"), [(ValueError("a fault"), 500), (OperationalError("the database is unavailable"), 503)]
)
def test_fault_of_the_server_is_a_problem_without_its_reason(monkeypatch, fault, status):
    program = Program(factories.user())
    program.raise_request_exception = False

    def fail(user):
        raise fault

    monkeypatch.setattr(courses, "courses_open_to", fail)
    response = program.get(f"{ROOT}courses/")
    assert (response.status_code, problem(response)["status"]) == (status, status)
    assert str(fault) not in response.content.decode()
    assert ("Retry-After" in response.headers) == (status == 503)


def test_administrator_without_a_required_second_factor_reads_why(settings):
    settings.MFA_REQUIRED_FOR_ADMINISTRATORS = True
    client = Client()
    client.force_login(factories.user("administrator"))
    response = client.get(f"{ROOT}courses/")
    assert problem(response)["detail"] == "Add a second factor to your account first."


def test_errors_of_pages_stay_pages():
    assert Client().get("/nowhere/").headers["Content-Type"].startswith("text/html")
