"""Students of one name are told apart wherever a teacher sees them, and names are in one order."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classroom.domain.self_reports import raise_hand
from classroom.models import Alert, Course
from classroom.models.alert import AlertKind
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now() - timedelta(minutes=5))


@pytest.fixture
def namesakes(session) -> list[str]:
    """The names by which the teacher sees two students called Asha Rao, who are in class with their hands up."""
    now = timezone.now()
    students = [factories.student_of(session.course, "Asha Rao") for _ in range(2)]
    for student in students:
        factories.attendance(session, student, joined_at=now)
        factories.reading(session, student, after_s=10)
        raise_hand(session=session, student=student, now=now)
        figures = {"seconds": 60, "matching": 30, "snapshots": 30}
        away = {"kind": AlertKind.STUDENT_AWAY, "pending_at": now, "fired_at": now, "figures": figures}
        Alert.objects.create(session=session, student=student, **away)
    return sorted(f"Asha Rao ({student.email.partition('@')[0]})" for student in students)


@pytest.fixture
def teacher(client, session):
    client.force_login(session.course.teachers.get())
    return client


@pytest.mark.any_database
def test_namesakes_are_told_apart_on_tiles_hands_and_alerts(session, namesakes, teacher):
    state = teacher.get(reverse("api_session_live", args=[session.pk])).json()
    assert sorted(tile["name"] for tile in state["students"]) == namesakes
    assert sorted(hand["name"] for hand in state["voice"]["hands"]) == namesakes
    assert sorted(alert["name"] for alert in state["alerts"]) == namesakes


@pytest.mark.any_database
@pytest.mark.parametrize("table", ["students_csv", "attendance_csv", "readings_csv"])
def test_namesakes_are_told_apart_in_tables(session, namesakes, teacher, table):
    response = teacher.get(reverse(table, args=[session.pk]))
    rows = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))
    assert sorted(row["name"] for row in rows) == namesakes


def test_namesakes_are_told_apart_in_the_report(session, namesakes, teacher):
    session.ended_at = timezone.now()
    session.save()
    page = teacher.get(reverse("session_report", args=[session.pk])).content.decode()
    assert [page.count(name) > 0 for name in namesakes] == [True, True]


def test_tiles_tables_and_courses_sort_names_alike(session, teacher):
    names = ["Bela", "élan", "Ørjan", "zoe", "आशा"]
    for name in reversed(names):
        factories.attendance(session, factories.student_of(session.course, name))
        factories.course(name=name)
    tiles = teacher.get(reverse("api_session_live", args=[session.pk])).json()["students"]
    assert [tile["name"] for tile in sorted(tiles, key=lambda tile: tile["sort"])] == names
    table = teacher.get(reverse("students_csv", args=[session.pk])).content.decode("utf-8-sig")
    assert [row["name"] for row in csv.DictReader(io.StringIO(table))] == names
    assert [course.name for course in Course.objects.exclude(pk=session.course_id)] == names
