"""Comparisons of a course's classes: the same figures for students and teachers, the period, and its pages."""

import pytest

from tests import factories
from tests.classroom.views.past_classes import body, held

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course(name="Statistics")


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


@pytest.mark.services
def test_student_and_teacher_see_the_same_comparison(client, course, ada):
    ben = factories.student_of(course, "Ben")
    for day in range(3):
        held(course, ada, ben, day=day)
    client.force_login(ada)
    own = client.get(f"/courses/{course.pk}/mine/").context
    client.force_login(course.teachers.get())
    teachers = client.get(f"/courses/{course.pk}/students/{ada.pk}/").context
    assert (own["rows"], own["charts"]) == (teachers["rows"], teachers["charts"])
    assert [(row.summary.id, row.alerts) for row in own["rows"]] == [(ada.pk, 1)] * 3


def test_report_compares_with_five_earlier_sessions(client, course, ada):
    days = [held(course, ada, day=day) for day in range(8)]
    client.force_login(course.teachers.get())
    context = client.get(f"/sessions/{days[6].pk}/").context
    assert [row.session.pk for row in context["comparison"]] == [days[day].pk for day in (6, 5, 4, 3, 2, 1)]
    assert context["comparison"][0].summary == context["summary"]


def test_comparison_row_equals_the_report_summary(client, course, ada):
    session = held(course, ada, factories.student_of(course), expression="sad")
    client.force_login(course.teachers.get())
    [row] = client.get(f"/courses/{course.pk}/term/").context["rows"]
    assert row.summary == client.get(f"/sessions/{session.pk}/").context["summary"]
    assert (row.summary.attended, row.summary.alerts, row.summary.answers) == (2, 2, {"lost": 2})


@pytest.mark.services
@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", [3, 2, 1, 0]),
        ("?since=2026-11-04", [3, 2]),
        ("?until=2026-11-03", [1, 0]),
        ("?since=2026-11-03&until=2026-11-04", [2, 1]),
        ("?since=2027-01-01", []),
    ],
)
def test_period_includes_its_first_and_last_day(client, course, query, days):
    sessions = [held(course, day=day) for day in range(4)]
    client.force_login(course.teachers.get())
    rows = client.get(f"/courses/{course.pk}/term/{query}").context["rows"]
    assert [sessions.index(row.session) for row in rows] == days


def test_invalid_date_is_an_error(client, course):
    client.force_login(course.teachers.get())
    response = client.get(f"/courses/{course.pk}/term/?since=yesterday")
    assert response.status_code == 422
    assert response.context["form"].errors["since"]


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31"])
def test_date_out_of_range_is_an_error(client, course, query):
    client.force_login(course.teachers.get())
    assert client.get(f"/courses/{course.pk}/term/?{query}").status_code == 422
    assert client.get(f"/courses/{course.pk}/sessions.csv?{query}").status_code == 200


@pytest.mark.services
def test_long_period_is_paginated(client, course):
    for day in range(21):
        held(course, day=day)
    client.force_login(course.teachers.get())
    assert len(client.get(f"/courses/{course.pk}/term/").context["rows"]) == 20
    page = client.get(f"/courses/{course.pk}/term/?since=2026-01-01&page=2")
    assert len(page.context["rows"]) == 1
    assert 'href="?since=2026-01-01&amp;page=1"' in page.content.decode()
    assert len(client.get(f"/courses/{course.pk}/?page=2").context["sessions"]) == 1


def test_course_without_sessions_shows_an_empty_comparison(client, course, ada):
    assert "No classes in this period" in body(client, course.teachers.get(), f"/courses/{course.pk}/term/")
    assert "No classes attended yet" in body(client, ada, f"/courses/{course.pk}/mine/")
