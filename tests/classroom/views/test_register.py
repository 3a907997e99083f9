"""The register as a page and as a file, and what the term's page and a student's own page show of it."""

import csv
import io
import re
from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from classroom.models import Enrolment
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course():
    return factories.course(name="Physics")


@pytest.fixture
def students(course):
    """Ada attends every class, Ben none, and Cy comes late to each."""
    found = {name: factories.student_of(course, name) for name in ("Ada", "Ben", "Cy")}
    Enrolment.objects.update(joined_at=NOW)
    return found


def hold(course, students, count):
    for day in range(count):
        start = NOW + day * DAY
        session = factories.session(course, started_at=start)
        for name, late in (("Ada", 0), ("Cy", 6)):
            factories.attendance(session, students[name], joined_at=start + late * MINUTE, left_at=start + 30 * MINUTE)
        end_session(session=session, now=start + 30 * MINUTE)


def page(client, user, path):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200
    return response


def test_register_page_has_a_row_a_student_and_twelve_classes_a_table(client, course, students):
    hold(course, students, 14)
    response = page(client, course.teachers.get(), f"/courses/{course.pk}/register/")
    html = response.content.decode()
    assert [len(table["sessions"]) for table in response.context["tables"]] == [12, 2]
    assert "Classes 1–12 of 14" in html
    assert "Classes 13–14 of 14" in html
    assert html.count('data-testid="register-row"') == 2 * 3


def test_classes_on_the_same_day_have_their_times(client, course, students):
    for start in (NOW, NOW + timedelta(hours=3), NOW + DAY):
        factories.session(course, started_at=start, ended_at=start + 30 * MINUTE)
    html = page(client, course.teachers.get(), f"/courses/{course.pk}/register/").content.decode()
    assert re.findall(r'data-local="time">([^<]*)<', html) == ["10:00", "13:00"]


def test_register_is_limited_to_the_period(client, course, students):
    hold(course, students, 4)
    response = page(client, course.teachers.get(), f"/courses/{course.pk}/register/?since=2026-11-03&until=2026-11-04")
    counts = [(row.person.name, row.attended, row.absent, row.late) for row in response.context["register"].rows]
    assert counts == [("Ada", 2, 0, 0), ("Ben", 0, 2, 0), ("Cy", 2, 0, 2)]
    assert 'name="since" value="2026-11-03"' in response.content.decode()


def test_register_file_counts_and_marks(client, course, students, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    hold(course, students, 2)
    response = page(client, course.teachers.get(), f"/courses/{course.pk}/register.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    first, second = "2026-11-02 15:30 Means", "2026-11-03 15:30 Means"
    assert [(row["name"], row["attended"], row["absent"], row["late"], row[first], row[second]) for row in rows] == [
        ("Ada", "2", "0", "0", "present", "present"),
        ("Ben", "0", "2", "0", "absent", "absent"),
        ("Cy", "2", "0", "2", "late", "late"),
    ]
    assert [row["email"] for row in rows] == [student.email for student in students.values()]


def test_register_has_the_days_of_the_teachers_zone(client, course, students):
    hold(course, students, 1)
    teacher = course.teachers.get()
    teacher.time_zone = "Pacific/Kiritimati"
    teacher.save()
    assert ">3 Nov</time>" in page(client, teacher, f"/courses/{course.pk}/register/").content.decode()
    header = page(client, teacher, f"/courses/{course.pk}/register.csv").content.decode("utf-8-sig").splitlines()[0]
    assert header.endswith(",2026-11-03 00:00 Means")


def test_term_names_those_who_were_missing_most_first(client, course, students):
    hold(course, students, 3)
    response = page(client, course.teachers.get(), f"/courses/{course.pk}/term/")
    missing = [(row.person.name, row.absent, row.late, len(absences)) for row, absences in response.context["missing"]]
    assert missing == [("Ben", 3, 0, 3), ("Cy", 0, 3, 0)]


def test_student_sees_their_own_absences_as_the_teacher_does(client, course, students):
    hold(course, students, 2)
    ben = students["Ben"]
    own = page(client, ben, f"/courses/{course.pk}/mine/")
    teachers = page(client, course.teachers.get(), f"/courses/{course.pk}/students/{ben.pk}/")
    assert own.context["missed"] == teachers.context["missed"]
    assert "Absent from 2 classes:" in own.content.decode()
    ada = page(client, students["Ada"], f"/courses/{course.pk}/mine/").content.decode()
    assert "Absent from" not in ada


@pytest.mark.parametrize("path", ["register/", "register.csv"])
def test_register_is_the_courses_teachers_alone(client, course, students, path):
    for outsider in (factories.teacher(), students["Ada"], factories.user("administrator")):
        client.force_login(outsider)
        assert client.get(f"/courses/{course.pk}/{path}").status_code == 404


def test_register_of_a_course_without_classes_is_empty(client, course):
    html = page(client, course.teachers.get(), f"/courses/{course.pk}/register/").content.decode()
    assert "No classes in this period." in html


def test_register_refuses_an_invalid_day(client, course):
    client.force_login(course.teachers.get())
    assert client.get(f"/courses/{course.pk}/register/?since=yesterday").status_code == 422


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", ["register/", "register.csv"])
def test_register_query_count_is_the_same_for_one_and_three(
    client, course, students, path, count, django_assert_num_queries
):
    hold(course, students, count)
    client.force_login(course.teachers.get())
    with django_assert_num_queries(8):
        client.get(f"/courses/{course.pk}/{path}")


def test_term_for_printing_has_all_classes(client, course, students):
    hold(course, students, 21)
    teacher = course.teachers.get()
    some = page(client, teacher, f"/courses/{course.pk}/term/?since=2026-01-01")
    assert 'data-print="?since=2026-01-01&amp;classes=all"' in some.content.decode()
    everything = page(client, teacher, f"/courses/{course.pk}/term/?classes=all")
    assert [len(response.context["rows"]) for response in (some, everything)] == [20, 21]
    assert 'data-print=""' in everything.content.decode()
