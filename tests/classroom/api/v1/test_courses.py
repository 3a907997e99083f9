"""Courses in the API: the ones that the pages show, with the counts of the pages."""

from datetime import timedelta

import pytest

from classroom.models import SelfReport
from tests import factories
from tests.classroom.api.v1.programs import ROOT, Program
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_courses_come_with_the_role_in_each():
    teacher, other = factories.teacher(), factories.course()
    taught, assisted, attended = factories.course(teacher), factories.course(), factories.course()
    assisted.assistants.add(teacher)
    attended.enrolments.create(student=teacher)
    roles = {row["id"]: row["role"] for row in Program(teacher).json("courses/")["results"]}
    assert roles == {taught.pk: "teacher", assisted.pk: "assistant", attended.pk: "student"}
    assert Program(teacher).get(f"{ROOT}courses/{other.pk}/").status_code == 404


def test_course_has_counts_for_staff_and_administrators_alone():
    course = factories.course(name="Statistics")
    student = factories.student_of(course)
    factories.session(course, ended_at=NOW)
    shown = {
        "id": course.pk,
        "name": "Statistics",
        "description": "",
        "role": "teacher",
        "term": None,
        "mode": "camera",
        "archived_at": None,
        "is_running": False,
        "students": 1,
        "sessions_held": 1,
    }
    path = f"courses/{course.pk}/"
    assert Program(course.teachers.get()).json(path) == shown
    assert Program(factories.user("administrator")).json(path) == shown | {"role": None}
    hidden = {"role": "student", "students": None, "sessions_held": None}
    assert Program(student).json(path) == shown | hidden


def test_administrator_sees_the_courses_of_their_organisation():
    course, other = factories.course(), factories.course(organisation=factories.organisation())
    program = Program(factories.user("administrator"))
    assert program.ids("courses/") == [course.pk]
    assert program.get(f"{ROOT}courses/{other.pk}/").status_code == 404


def test_student_sees_a_course_that_they_left_after_a_class():
    course, other = factories.course(), factories.course()
    student = factories.student_of(course)
    factories.attendance(factories.session(course, ended_at=NOW), student)
    for each in (course, other):
        each.enrolments.filter(student=student).delete()
    assert Program(student).ids("courses/") == [course.pk]
    assert Program(student).json(f"courses/{course.pk}/")["role"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["archived", "camera", "running"]),
        ({"archived": "true"}, ["archived"]),
        ({"archived": "false"}, ["camera", "running"]),
        ({"running": "true"}, ["running"]),
        ({"mode": "camera"}, ["camera"]),
    ],
)
def test_filters_narrow_the_list(query, found):
    teacher = factories.teacher()
    factories.course(teacher, name="archived", mode="answers", archived_at=NOW)
    factories.course(teacher, name="camera")
    factories.session(factories.course(teacher, name="running", mode="answers"))
    rows = Program(teacher).json("courses/", **query)["results"]
    assert sorted(row["name"] for row in rows) == found


def test_list_is_paged_both_ways():
    teacher = factories.teacher()
    pks = [factories.course(teacher).pk for _ in range(5)]
    program = Program(teacher)
    first = program.json("courses/", page_size=2)
    second = program.json(first["next"])
    third = program.json(second["next"])
    pages = [[row["id"] for row in page["results"]] for page in (first, second, third)]
    assert pages == [pks[:2], pks[2:4], pks[4:]]
    assert (first["previous"], third["next"]) == (None, None)
    assert program.json(third["previous"])["results"] == second["results"]


@pytest.mark.parametrize("rows", range(1, 10))
def test_rows_of_the_same_time_are_on_one_page_each_in_both_directions(rows):
    """The last page and, on the way back, the first one may have fewer rows than the others."""
    session = factories.session()
    program, student = Program(session.course.teachers.get()), factories.student_of(session.course)
    answers = [SelfReport(session=session, student=student, answer="lost", at=NOW) for _ in range(rows)]
    pks = [each.pk for each in SelfReport.objects.bulk_create(answers)]
    page = program.json(f"sessions/{session.pk}/answers/", page_size=4)
    for direction in ("next", "previous", "next"):
        seen = [page["results"]]
        while page[direction]:
            page = program.json(page[direction])
            seen.append(page["results"])
        pages = seen if direction == "next" else reversed(seen)
        assert [row["id"] for each in pages for row in each] == pks


@pytest.mark.parametrize("query", [{"cursor": "cD0x"}, {"page_size": "0"}, {"page_size": "1001"}, {"page_size": "ten"}])
def test_wrong_page_is_an_error(query):
    response = Program(factories.user()).get(f"{ROOT}courses/", query)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == list(query)


def test_cursor_counts_for_its_own_list_alone():
    teacher = factories.teacher()
    for _ in range(2):
        factories.session(factories.course(teacher))
    program = Program(teacher)
    cursor = program.json("courses/", page_size=1)["next"].partition("cursor=")[2].partition("&")[0]
    assert program.get(f"{ROOT}sessions/?cursor={cursor}").status_code == 400


@pytest.mark.usefixtures("clock_stands")
def test_query_count_does_not_grow_with_rows(django_assert_num_queries):
    teacher = factories.teacher()
    program = Program(teacher)
    for _ in range(3):
        factories.student_of(factories.course(teacher))
        program.json("courses/")
        # The token, the courses and their teachers.
        with django_assert_num_queries(3):
            program.json("courses/")


def test_term_of_a_course_is_shown():
    course = factories.course()
    first, last = NOW.date(), NOW.date() + timedelta(days=90)
    course.term = course._meta.get_field("term").related_model.objects.create(
        name="Autumn", first_day=first, last_day=last
    )
    course.save()
    shown = Program(course.teachers.get()).json("courses/", term=course.term.pk)["results"][0]["term"]
    assert shown == {
        "id": course.term.pk,
        "name": "Autumn",
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
    }
