"""Requests every URL of the site, with every method it accepts, as everybody. access_table.py says what they get."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.access_people import INSIDE, OUTSIDERS, PEOPLE, School, school
from tests.security.access_rows import LOGIN, REFUSALS, Row
from tests.security.access_table import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FAST_HASHER = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def routes(patterns: Iterable[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route


@pytest.fixture(scope="module")
def everybody(django_db_setup, django_db_blocker) -> Iterator[School]:
    """One school for all rows: whatever a request changes is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=FAST_HASHER):
            yield school()
        transaction.set_rollback(True)


def answer(everybody: School, who: str, method: str, row: Row) -> tuple[int | str, str]:
    """Return what a request gets (LOGIN if that is the sign-in page), and the text of the page."""
    path = row.path.format(**everybody.ids)
    body = {name: value.format(**everybody.ids) for name, value in row.body.items()} if method != "GET" else {}
    kind = {"content_type": "application/json"} if row.is_json and method != "GET" else {}
    with transaction.atomic():
        response = getattr(everybody.client(who), method.lower())(path, body, **kind)
        result = _outcome(response), _text(response)
        transaction.set_rollback(True)
    return result


def _outcome(response: HttpResponse) -> int | str:
    is_login = response.status_code == 302 and response.headers["Location"].startswith(
        ("/accounts/login/?next=", "/admin/login/?next=")
    )
    return LOGIN if is_login else response.status_code


def _text(response: HttpResponse) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def names_insiders(text: str) -> bool:
    return INSIDE.lower() in text.lower()


def test_every_url_has_a_row():
    assert sorted({row.route for row in ROWS}) == sorted(set(routes(get_resolver().url_patterns)))


@pytest.mark.usefixtures("plain_404")
@pytest.mark.parametrize(
    ("row", "method"),
    [pytest.param(row, method, id=f"{method} {row.path}") for row in ROWS for method in row.methods],
)
def test_access_and_pages_that_name_nobody_and_nothing_of_another_school(everybody, row, method):
    answers = {who: answer(everybody, who, method, row) for who in PEOPLE}
    assert {who: outcome for who, (outcome, _) in answers.items()} == row.methods[method]
    assert [who for who in OUTSIDERS if names_insiders(answers[who][1])] == []


def test_page_not_found_names_nobody_and_nothing_of_another_school(everybody):
    texts = {who: _text(everybody.client(who).get("/unknown/")) for who in PEOPLE}
    assert {who for who, text in texts.items() if "Page not found" not in text} == set()
    assert [who for who in OUTSIDERS if names_insiders(texts[who])] == []


@pytest.mark.usefixtures("plain_404")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_other_methods_give_no_more_than_those_of_the_row(everybody, row):
    """Views that do not check the method, such as those of Django's admin, answer as to GET or POST."""
    who = row.strongest
    allowed = {*REFUSALS, *(of_all[who] for of_all in row.methods.values()), *row.methods.get("GET", {}).values()}
    others = [method for method in UNSAFE if method not in row.all_methods]
    outcomes = {method: answer(everybody, who, method, row)[0] for method in others}
    assert {method: result for method, result in outcomes.items() if result not in allowed} == {}
