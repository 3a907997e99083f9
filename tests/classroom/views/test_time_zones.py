"""Two teachers of one course in different time zones: each sees, filters and downloads the same local times."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from classroom.domain.sessions import end_session
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
# The evening of 2 November in Berlin, the night of 3 November in Kolkata.
LATE = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)
SCHOOL = {
    "zone": "Europe/Berlin",
    "page": "2 Nov 2026, 21:00",
    "day": "2026-11-02",
    "csv": "2026-11-02T21:00:00.000+01:00",
    "file": "2026-11-02",
}
OWN = {
    "zone": "Asia/Kolkata",
    "page": "3 Nov 2026, 01:30",
    "day": "2026-11-03",
    "csv": "2026-11-03T01:30:00.000+05:30",
    "file": "2026-11-03",
}


@pytest.fixture(autouse=True)
def school(settings):
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def course():
    return factories.course(factories.user("teacher", time_zone="Asia/Kolkata"), factories.teacher(), name="Statistics")


def held(course, started_at):
    session = factories.session(course, started_at=started_at)
    student = factories.student_of(course)
    factories.attendance(session, student, joined_at=started_at, left_at=started_at + timedelta(minutes=8))
    factories.reading(session, student, after_s=0)
    end_session(session=session, now=started_at + timedelta(minutes=10))
    return session


def sign_in(client, course, expected):
    zone = expected["zone"] if expected is OWN else ""
    client.force_login(User.objects.get(courses_taught=course, time_zone=zone))


def table(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def times(response):
    page = re.sub(r"\s+", " ", html.unescape(response.content.decode()))
    return re.findall(r'<time[^>]* data-local="both">([^<]*)</time>', page)


@pytest.mark.parametrize("expected", [SCHOOL, OWN])
def test_teacher_sees_times_of_their_zone(client, course, expected):
    session = held(course, LATE)
    sign_in(client, course, expected)
    for path in (f"/courses/{course.pk}/", f"/courses/{course.pk}/term/", f"/sessions/{session.pk}/"):
        response = client.get(path)
        assert expected["page"] in times(response), path
        assert f'data-time-zone="{expected["zone"]}"' in response.content.decode()


@pytest.mark.parametrize("expected", [SCHOOL, OWN])
def test_filter_finds_a_session_on_the_day_that_the_page_shows(client, course, expected):
    held(course, LATE)
    sign_in(client, course, expected)
    found = {}
    for day in (SCHOOL["day"], OWN["day"]):
        period = f"since={day}&until={day}"
        rows = client.get(f"/courses/{course.pk}/term/?{period}").context["rows"]
        assert len(table(client.get(f"/courses/{course.pk}/sessions.csv?{period}"))) == len(rows)
        found[day] = len(rows)
    assert found == {SCHOOL["day"]: 0, OWN["day"]: 0} | {expected["day"]: 1}


@pytest.mark.services
@pytest.mark.parametrize("expected", [SCHOOL, OWN])
def test_every_csv_file_has_times_of_the_readers_zone_and_names_it(client, course, expected):
    session = held(course, LATE)
    student = session.attendances.get().student
    sign_in(client, course, expected)
    for path, column in (
        (f"/courses/{course.pk}/sessions.csv", "started_at"),
        (f"/courses/{course.pk}/students/{student.pk}/sessions.csv", "first_joined_at"),
        (f"/sessions/{session.pk}/attendance.csv", "first_joined_at"),
        (f"/sessions/{session.pk}/readings.csv", "captured_at"),
    ):
        [row] = table(client.get(path))
        assert (row[column], row["time_zone"]) == (expected["csv"], expected["zone"]), path
        assert [*row][-1] == "time_zone"
    assert expected["file"] in client.get(f"/sessions/{session.pk}/students.csv").headers["Content-Disposition"]


@pytest.mark.django_db(transaction=True)
async def test_streamed_csv_keeps_the_zone_of_its_request(async_client, course_of_kolkata):
    teacher, session = course_of_kolkata
    await async_client.aforce_login(teacher)
    response = await async_client.get(f"/sessions/{session.pk}/readings.csv")
    content = b"".join([chunk async for chunk in response.streaming_content]).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(content, newline=""))
    assert (row["captured_at"], row["time_zone"]) == (OWN["csv"], OWN["zone"])


@pytest.fixture
def course_of_kolkata(transactional_db):
    teacher = factories.user("teacher", time_zone="Asia/Kolkata")
    return teacher, held(factories.course(teacher), LATE)


def test_day_on_which_clocks_go_back_has_25_hours(client, course):
    utc = [(24, 21, 59), (24, 22, 0), (25, 0, 30), (25, 1, 30), (25, 22, 59), (25, 23, 0)]
    for day, hour, minute in utc:
        held(course, datetime(2026, 10, day, hour, minute, tzinfo=UTC))
    sign_in(client, course, SCHOOL)
    rows = table(client.get(f"/courses/{course.pk}/sessions.csv?since=2026-10-25&until=2026-10-25"))
    assert [row["started_at"] for row in rows] == [
        "2026-10-25T23:59:00.000+01:00",
        "2026-10-25T02:30:00.000+01:00",
        "2026-10-25T02:30:00.000+02:00",
        "2026-10-25T00:00:00.000+02:00",
    ]


def test_day_on_which_clocks_go_forward_has_23_hours(client, course):
    utc = [(28, 22, 59), (28, 23, 0), (29, 21, 59), (29, 22, 0)]
    for day, hour, minute in utc:
        held(course, datetime(2026, 3, day, hour, minute, tzinfo=UTC))
    sign_in(client, course, SCHOOL)
    rows = table(client.get(f"/courses/{course.pk}/sessions.csv?since=2026-03-29&until=2026-03-29"))
    assert [row["started_at"] for row in rows] == ["2026-03-29T23:59:00.000+02:00", "2026-03-29T00:00:00.000+01:00"]
