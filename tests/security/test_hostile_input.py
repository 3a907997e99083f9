"""Numbers beyond the database's and deeply nested JSON are the client's mistake at every entrance."""

import re

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests import factories
from tests.classroom.consumers.sockets import student_socket, teacher_socket

HUGE = (2**63 - 1, 2**63, 10**400)
NESTED = "[" * 50_000 + "]" * 50_000
CONVERTER = re.compile(r"<(?:(\w+):)?\w+>|\(\?P<\w+>[^)]*\)")
METHODS = ("get", "post", "patch", "delete")


def routes(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).lstrip("^")
        found += routes(pattern, route) if isinstance(pattern, URLResolver) else [route]
    return found


ROUTES = [route for route in routes(get_resolver()) if re.search(r"<id:|<path:object_id>", route)]


@pytest.fixture
def people(db):
    course = factories.course()
    session = factories.session(course)
    return [course.teachers.get(), factories.student_of(course), factories.user("administrator")], session


def client_of(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_every_entrance_with_a_number_is_tested():
    assert len(ROUTES) > 25
    assert "admin/classroom/course/<path:object_id>/change/" in ROUTES
    assert "api/sessions/<id:pk>/markers/<id:marker_pk>/" in ROUTES


@pytest.mark.parametrize("route", ROUTES)
def test_huge_number_in_a_path_is_the_client_s_mistake(people, route):
    users, session = people
    for user in users:
        client = client_of(user)
        for huge in HUGE:
            # All numbers huge, and only the last one, behind a session that exists.
            whole = CONVERTER.sub(str(huge), route)
            last = re.sub(r"<id:pk>", str(session.pk), route, count=1)
            for path in {whole, CONVERTER.sub(str(huge), last)} - {CONVERTER.sub("", route)}:
                for method in METHODS:
                    status = getattr(client, method)("/" + path).status_code
                    assert status < 500, (method, path[:80], user.role)


@pytest.mark.parametrize(
    "query",
    ["page=", "since=", "until=", "student=", "session=", "p=", "o=", "id__exact=", "pk=", "version=", "q="],
)
def test_huge_number_in_a_query_is_the_client_s_mistake(people, query):
    users, session = people
    course = session.course_id
    student = users[1].pk
    session.ended_at = session.started_at
    session.save()
    paths = [
        "/",
        "/privacy/",
        *(f"/courses/{course}{page}" for page in ("/", "/alerts/", "/term/", "/mine/", f"/students/{student}/")),
        *(f"/sessions/{session.pk}{page}" for page in ("/", "/mine/", f"/students/{student}/")),
        f"/api/sessions/{session.pk}/alerts/",
        "/admin/accounts/user/",
        "/admin/classroom/courseconsent/",
        "/admin/classroom/course/",
    ]
    for user in users:
        client = client_of(user)
        for path in paths:
            for huge in HUGE:
                assert client.get(f"{path}?{query}{huge}").status_code < 500, (path, user.role)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**400, "1e999", float("inf")])
def test_huge_numbers_in_the_fields_of_forms_and_json_are_the_client_s_mistake(people, settings, value):
    settings.SIMULATION_ALLOWED = True
    (teacher, student, administrator), session = people
    markers = f"/api/sessions/{session.pk}/markers/"
    posts = [
        (teacher, markers, {"text": "x", "age_s": value}),
        (teacher, markers, {"text": "x", "at": value}),
        (teacher, markers, {"text": value}),
        (teacher, "/api/simulation/", {"students": value}),
    ]
    for user, path, body in posts:
        assert client_of(user).post(path, body, content_type="application/json").status_code < 500, path
    text = {"replaces": value, "body": "x", "applies": "now", "step": "publish"}
    forms = [
        (student, f"/courses/{session.course_id}/consent/grant/", {"agree": "on", "version": value}),
        (student, "/courses/join/", {"join_code": value}),
        (teacher, f"/courses/{session.course_id}/sessions/start/", {"topic": value}),
        (administrator, "/consent/texts/publish/", text),
        (administrator, "/admin/accounts/user/", {"action": "delete_selected", "_selected_action": value}),
    ]
    for user, path, form in forms:
        assert client_of(user).post(path, {name: str(field) for name, field in form.items()}).status_code < 500, path


@pytest.mark.parametrize("body", [NESTED, '{"a":' * 50_000 + "1" + "}" * 50_000], ids=["lists", "objects"])
def test_nested_json_is_the_client_s_mistake(people, settings, body):
    settings.SIMULATION_ALLOWED = True
    (teacher, *_), session = people
    client, api = client_of(teacher), f"/api/sessions/{session.pk}"
    for method in ("post", "patch", "delete"):
        for path in (
            f"{api}/markers/",
            f"{api}/markers/1/",
            "/api/simulation/",
            f"{api}/alerts/1/acknowledge/",
            f"{api}/alerts/acknowledge/",
        ):
            status = getattr(client, method)(path, body, content_type="application/json").status_code
            assert 400 <= status < 500, (method, path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("huge", HUGE)
@pytest.mark.parametrize("socket_of", [student_socket, teacher_socket])
async def test_huge_session_number_closes_a_socket_like_an_unknown_one(huge, socket_of):
    session = await sync_to_async(factories.session)()
    student = await sync_to_async(factories.student_of)(session.course)
    session.pk = huge
    async with socket_of(session, student) as socket:
        assert await socket.close_code() == 4404


@pytest.mark.django_db(transaction=True)
async def test_nested_json_on_a_socket_is_refused():
    session = await sync_to_async(factories.session)()
    student = await sync_to_async(factories.student_of)(session.course)
    async with student_socket(session, student) as socket:
        await socket.receive_type("welcome")
        await socket.send_text(NESTED)
        assert (await socket.receive())["code"] == "text_frame"
        await socket.send_text('{"type": "hand", "up": ' + NESTED + "}")
        assert (await socket.receive())["code"] == "text_frame"
