"""The audit log for administrators: searched and filtered by the database, and as a file."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import SecurityEvent
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
PAGE = "/administration/audit/"


@pytest.fixture
def administrator(client):
    user = factories.user("administrator")
    client.force_login(user)
    return user


@pytest.fixture
def people():
    return factories.teacher("Ms Rao"), factories.user(name="Ada Lovelace"), factories.user(name="Ben")


@pytest.fixture
def events(people):
    rao, ada, ben = people
    return [
        SecurityEvent.objects.create(at=AT, event="data_viewed", actor=rao, subject=ada, details={"view": "person"}),
        SecurityEvent.objects.create(at=AT + timedelta(days=1), event="role_changed", actor=ben, subject=ben),
        SecurityEvent.objects.create(at=AT + timedelta(days=2), event="sign_in", actor=ada, subject=ada),
    ]


def listed(client, query: str = "") -> list[str]:
    response = client.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    return [row.event for row in response.context["list"].page.object_list]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["sign_in", "role_changed", "data_viewed"]),
        ("sort=at", ["data_viewed", "role_changed", "sign_in"]),
        ("sort=event", ["data_viewed", "role_changed", "sign_in"]),
        ("search=rao", ["data_viewed"]),
        ("search=lovelace", ["sign_in", "data_viewed"]),
        ("search=nobody", []),
        ("event=role_changed", ["role_changed"]),
        ("since=2026-11-03&until=2026-11-03", ["role_changed"]),
        ("until=2026-11-02", ["data_viewed"]),
    ],
)
def test_list_is_searched_filtered_and_sorted(client, administrator, events, query, expected):
    queried = f"since=2026-11-01&until=2026-11-30&{query}" if "since" not in query and "until" not in query else query
    assert listed(client, queried) == expected


@pytest.mark.parametrize("query", ["since=yesterday", "event=no_such_event", "since=0001-01-01", "until=9999-12-31"])
def test_nonsense_in_the_address_is_no_error(client, administrator, events, query):
    assert client.get(f"{PAGE}?{query}").status_code == 200
    assert client.get(f"/administration/audit.csv?{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 4])
def test_query_count_is_independent_of_events(client, administrator, count, django_assert_num_queries):
    for _ in range(count):
        SecurityEvent.objects.create(
            at=AT, event="data_viewed", actor=factories.teacher(), subject=factories.user(), session=1, course=1
        )
    with django_assert_num_queries(7):
        client.get(PAGE)


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_file_has_the_rows_of_the_list(client, administrator, people, events, chunk, monkeypatch):
    monkeypatch.setattr("classroom.views.administration.audit.CHUNK_ROWS", chunk)
    response = client.get("/administration/audit.csv?until=2026-11-30")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    rao = people[0]
    assert [row["event"] for row in rows] == ["sign_in", "role_changed", "data_viewed"]
    assert (rows[2]["actor"], rows[2]["actor_name"], rows[2]["subject_name"]) == (str(rao.pk), "Ms Rao", "Ada Lovelace")
    assert (rows[2]["at"], rows[2]["details"]) == ("2026-11-02T23:30:00.000+00:00", '{"view": "person"}')


def test_file_has_the_readers_time_zone(client, administrator, events):
    administrator.time_zone = "Asia/Kolkata"
    administrator.save()
    text = b"".join(client.get("/administration/audit.csv?until=2026-11-30").streaming_content).decode("utf-8-sig")
    assert [row["at"] for row in csv.DictReader(text.splitlines())][-1] == "2026-11-03T05:00:00.000+05:30"


@pytest.mark.parametrize("role", ["student", "teacher"])
def test_log_is_for_administrators_alone(client, role):
    client.force_login(factories.user(role))
    assert [client.get(path).status_code for path in (PAGE, "/administration/audit.csv")] == [404, 404]


@pytest.mark.parametrize(("kept", "said"), [(30, 30), (365, 180), (0, 180)])
def test_page_claims_no_more_days_than_the_log_has(client, settings, kept, said):
    settings.SECURITY_LOG_DAYS = kept
    client.force_login(factories.student_of(factories.course()))
    for path in ("/accounts/", "/accounts/looks/"):
        assert f"your data in the last {said} days." in client.get(path).text


def test_student_sees_who_looked_at_their_data(client):
    session = factories.session()
    ada, teacher = factories.student_of(session.course), session.course.teachers.get()
    client.force_login(ada)
    assert "Nobody has opened or downloaded your data in the last 180 days." in client.get("/accounts/").text
    session.course.enrolments.update(joined_at=factories.NOW)
    now = datetime.now(UTC)
    SecurityEvent.objects.create(
        at=now, event="data_viewed", actor=teacher, session=session.pk, details={"view": "session_live"}
    )
    for path in ("/accounts/", "/accounts/looks/"):
        page = client.get(path).content.decode()
        assert teacher.display_name in page
        assert "Opened: Live class · Means" in page
