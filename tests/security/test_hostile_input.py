"""Numbers beyond the database's and deeply nested JSON are the client's mistake at every entrance."""

import itertools
import re

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.http import QueryDict
from django.test import Client
from django.test.client import ClientHandler
from django.urls import Resolver404, URLResolver, get_resolver, resolve

from classroom.models import ClassSession
from tests import factories
from tests.classroom.consumers.sockets import student_socket, teacher_socket

HUGE = (2**63 - 1, 2**63, 10**400)
NESTED = "[" * 50_000 + "]" * 50_000
CONVERTER = re.compile(r"<(?:(\w+):)?\w+>|\(\?P<\w+>[^)]*\)")
METHODS = ("get", "post", "patch", "delete")
# Its middleware is built once for all requests, as in a server.
HANDLER = ClientHandler(enforce_csrf_checks=False)


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
    client.handler = HANDLER
    client.force_login(user)
    return client


def test_every_entrance_with_a_number_is_tested():
    assert len(ROUTES) > 25
    assert "admin/classroom/course/<path:object_id>/change/" in ROUTES
    assert "api/sessions/<id:pk>/markers/<id:marker_pk>/" in ROUTES


def with_number(route: str, session: ClassSession, number: int) -> set[str]:
    """Paths of the route with the number as each id, and only as the last one, behind a class that exists."""
    behind = re.sub(r"<id:pk>", str(session.pk), route, count=1)
    return {f"/{CONVERTER.sub(str(number), each)}" for each in (route, behind) if CONVERTER.search(each)}


@pytest.mark.usefixtures("plain_404")
@pytest.mark.parametrize("who", [0, 1, 2], ids=["teacher", "student", "administrator"])
def test_huge_number_in_a_path_is_the_client_s_mistake(people, who):
    users, session = people
    client = client_of(users[who])
    # Others are refused there before anything reads the number.
    own = ROUTES if users[who].role == "administrator" else [each for each in ROUTES if not each.startswith("admin")]
    for route in own:
        cache.clear()  # it holds the rate limits
        # Only the paths of Django's admin take numbers beyond the database's: see the next test.
        numbers = HUGE if "<path:" in route else HUGE[:1]
        for path in (path for number in numbers for path in with_number(route, session, number)):
            for method in METHODS:
                assert getattr(client, method)(path).status_code < 500, (method, path[:80])


@pytest.mark.parametrize("route", [route for route in ROUTES if "<path:" not in route])
def test_number_beyond_the_database_s_matches_no_url(route):
    for path in (path for number in HUGE[1:] for path in with_number(route, ClassSession(pk=1), number)):
        with pytest.raises(Resolver404):
            resolve(path)


def test_huge_number_is_not_found(people):
    users, _ = people
    for user, number in itertools.product(users, HUGE):
        assert client_of(user).get(f"/courses/{number}/").status_code == 404


@pytest.fixture
def names_read(monkeypatch) -> set[str]:
    """The names that views look up in queries."""
    names: set[str] = set()

    def recorded(lookup):
        def look_up(query, name, *others):
            names.add(name)
            return lookup(query, name, *others)

        return look_up

    for method in ("__contains__", "__getitem__", "getlist"):
        monkeypatch.setattr(QueryDict, method, recorded(getattr(QueryDict, method)))
    return names


def assert_survives_queries(user, paths: list[str], names_read: set[str]) -> None:
    client = client_of(user)
    for path in paths:
        names_read.clear()
        assert client.get(path).status_code < 400, (path, user.role)
        for name, number in itertools.product(sorted(filter(None, names_read)), HUGE):
            assert client.get(path, {name: number}).status_code < 500, (path, name, user.role)


def test_huge_number_in_a_query_of_a_page_is_the_client_s_mistake(people, names_read):
    (teacher, student, administrator), session = people
    session.ended_at = session.started_at
    session.save()
    factories.attendance(session, student)
    course, of_session = f"/courses/{session.course_id}", f"/sessions/{session.pk}"
    of_course = ("/", "/alerts/", "/term/", "/register/", f"/students/{student.pk}/", "/sessions.csv")
    everybody_s = ["/", "/privacy/"]
    of_teacher = [f"{course}{page}" for page in of_course]
    of_teacher += [f"{of_session}{page}" for page in ("/", f"/students/{student.pk}/")] + [f"/api{of_session}/alerts/"]
    of_student = [f"{course}/", f"{course}/mine/", f"{of_session}/mine/", "/accounts/", "/courses/join/"]
    of_administrator = [f"/administration/{page}/" for page in ("people", "courses", "audit")]
    assert_survives_queries(teacher, [*everybody_s, *of_teacher], names_read)
    assert_survives_queries(student, [*everybody_s, *of_student], names_read)
    assert_survives_queries(administrator, of_administrator, names_read)


ADMIN_QUERIES = ("p=", "o=", "id__exact=", "pk=", "page=", "q=")


def test_huge_number_in_a_query_of_the_admin_is_the_client_s_mistake(people):
    client = client_of(people[0][2])
    lists = ("accounts/user", "classroom/courseconsent", "classroom/course")
    for model, query, number in itertools.product(lists, ADMIN_QUERIES, HUGE):
        assert client.get(f"/admin/{model}/?{query}{number}").status_code < 500, (model, query)


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
