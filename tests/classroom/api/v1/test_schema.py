"""The API's description: it has no gaps, and the API does what it says, whatever a program sends (schemathesis)."""

import json
import re
from io import StringIO

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as requests_made
from hypothesis.internal.conjecture import providers
from rest_framework.throttling import UserRateThrottle
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth

from accounts.models import Scope
from classroom.api.v1.docs import openapi
from classroom.models import ClassSession
from tests import factories
from tests.server import ROOT

# Ids that no generated id equals.
IDS = {"courses": 4_000_000_007, "sessions": 5_000_000_029, "marker_id": 6_000_000_053, "student_id": 7_000_000_001}
CONFIG = SchemathesisConfig.from_dict(
    {
        # The values come only from the description, not from the code.
        "analysis": {"constants": {"enabled": False}},
        # A valid token would replace the generated ones.
        "generation": {"with-security-parameters": False},
    }
)
same_requests = requests_made(
    derandomize=True, database=None, deadline=None, max_examples=12, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
def test_description_has_no_gap():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_operation_needs_a_scope_of_tokens():
    operations = [operation for path in openapi()["paths"].values() for operation in path.values()]
    scopes = {operation["operationId"]: operation["security"][0]["token"] for operation in operations}
    assert [name for name, needed in scopes.items() if not needed] == []


@pytest.mark.django_db
def test_every_operation_refuses_an_unknown_token(client):
    """The table of access uses no tokens."""
    paths = {re.sub(r"{\w+}", "1", path): list(methods) for path, methods in openapi()["paths"].items()}
    token = {"Authorization": "Bearer attune_unknown"}
    answers = {
        (method, path): client.generic(method.upper(), path, headers=token).status_code
        for path, methods in paths.items()
        for method in methods
    }
    assert answers == dict.fromkeys(answers, 401)


def test_every_path_is_in_the_documents():
    text = (ROOT / "docs" / "api.md").read_text()
    paths = [path.replace("{", "<").replace("}", ">") for path in openapi()["paths"]]
    assert [path for path in paths if f"`{path}`" not in text] == []


@pytest.mark.django_db
def test_description_is_served(client):
    client.force_login(factories.user())
    assert client.get(reverse("v1:openapi")).json() == json.loads(json.dumps(openapi()))


@pytest.mark.django_db
def test_programs_get_the_description_with_any_token(client):
    url, token = reverse("v1:openapi"), factories.api_token(factories.teacher(), Scope.COURSES_READ)
    assert client.get(url, headers={"Authorization": f"Bearer {token}"}).json()["openapi"].startswith("3.1")
    refusal = client.get(url)
    assert (refusal.status_code, refusal["Content-Type"]) == (401, "application/problem+json")
    assert url not in openapi()["paths"]


@pytest.fixture
def description(db, settings, monkeypatch):
    # Hypothesis would draw constants from imported project modules, which depend on earlier tests.
    monkeypatch.setattr(providers, "_get_local_constants", providers.Constants)
    providers.CONSTANTS_CACHE.cache.clear()
    settings.API_REQUESTS_A_MINUTE = 1_000_000
    monkeypatch.setitem(UserRateThrottle.THROTTLE_RATES, "downloads", "1000000/min")
    described = json.loads(json.dumps(openapi()))
    for operation in (each for path in described["paths"].values() for each in path.values()):
        # Only the API makes cursors: test_courses.py.
        operation["parameters"] = [each for each in operation.get("parameters", ()) if each["name"] != "cursor"]
    schema = schemathesis.openapi.from_dict(described, config=CONFIG)
    schema.app = get_wsgi_application()
    # It would end the test's transaction. Django's own client does the same.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schema
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def session(db) -> ClassSession:
    course = factories.course(pk=IDS["courses"])
    session = ClassSession.objects.create(pk=IDS["sessions"], course=course, topic="Means", started_at=factories.NOW)
    student = factories.user(pk=IDS["student_id"])
    course.enrolments.create(student=student)
    factories.attendance(session, student)
    factories.reading(session, student, after_s=5)
    session.markers.create(pk=IDS["marker_id"], text="Exercise", at=factories.NOW)
    return session


@pytest.fixture(
    params=[pytest.param(False, id="ids made up", marks=pytest.mark.any_database), pytest.param(True, id="ids of rows")]
)
def ids(request) -> dict[str, int]:
    """Replace the ids in paths; `id` belongs to the resource at the start of the path."""
    return IDS if request.param else {}


@pytest.fixture
def headers(session) -> dict[str, str]:
    """Called without a server, schemathesis asks for compressed answers but cannot read them."""
    token = factories.api_token(session.course.teachers.get())
    return {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_api_answers_as_described(description, ids, headers, mode):
    # No value changes the outcome of three more requests each: test_every_operation_refuses_an_unknown_token.
    excluded = [ignored_auth]
    for found in description.get_all_operations():
        operation = found.ok()
        resource = operation.path.removeprefix("/api/v1/").partition("/")[0]
        names = re.findall(r"{(\w+)}", operation.path)
        if not ids and not names:
            continue  # the same with "ids of rows"
        if ids and mode.is_negative and not (operation.query or operation.body):
            continue  # nothing is left that could be wrong
        chosen = {name: ids[resource if name == "id" else name] for name in names} if ids else None

        @same_requests
        @given(case=operation.as_strategy(mode, path_parameters=chosen))
        def check(case):
            with transaction.atomic():
                case.call_and_validate(base_url="http://testserver", headers=headers, excluded_checks=excluded)
                transaction.set_rollback(True)

        check()
