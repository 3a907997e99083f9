"""The alert API: access, acknowledgement and pagination of 10,000 alerts."""

from datetime import timedelta

import pytest
from django.test import Client

from classroom.models import Alert, AlertKind
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def teacher(session):
    return session.course.teachers.get()


def make_alerts(session, count: int) -> list[Alert]:
    return Alert.objects.bulk_create(
        Alert(
            session=session,
            kind=AlertKind.PRESENCE_LOW,
            pending_at=NOW,
            fired_at=NOW + timedelta(seconds=number),
            recovered_at=NOW + timedelta(seconds=number),
            figures={"present": 3, "peak": 5},
        )
        for number in range(count)
    )


def url_of(session, alert=None) -> str:
    listed = f"/api/sessions/{session.pk}/alerts/"
    return f"{listed}{alert.pk}/acknowledge/" if alert else listed


@pytest.mark.any_database
@pytest.mark.parametrize("who", ["student", "other teacher", "administrator"])
def test_alerts_are_open_only_to_the_teacher(client, session, who):
    people = {
        "student": lambda: factories.student_of(session.course),
        "other teacher": factories.teacher,
        "administrator": lambda: factories.user("administrator"),
    }
    [alert] = make_alerts(session, 1)
    client.force_login(people[who]())
    assert client.get(url_of(session)).status_code == 404
    assert client.post(url_of(session, alert)).status_code == 404
    assert Alert.objects.get().acknowledged_at is None


def test_visitor_is_refused(client, session):
    assert client.get(url_of(session)).status_code == 403


def test_first_page_has_the_newest_alerts(client, session, teacher, django_assert_num_queries):
    made = make_alerts(session, 10_000)
    client.force_login(teacher)
    with django_assert_num_queries(5):
        page = client.get(url_of(session)).json()
    assert (page["count"], len(page["results"])) == (10_000, 50)
    assert page["results"][0]["id"] == made[-1].pk
    assert page["results"][0]["reason"] == "Only 3 students are still here (there were 5)."


def test_last_page_has_the_oldest_alerts(client, session, teacher):
    made = make_alerts(session, 51)
    client.force_login(teacher)
    assert [row["id"] for row in client.get(f"{url_of(session)}?page=2").json()["results"]] == [made[0].pk]


def test_acknowledgement_is_saved(client, session, teacher):
    [alert] = make_alerts(session, 1)
    client.force_login(teacher)
    row = client.post(url_of(session, alert)).json()
    alert.refresh_from_db()
    assert (row["acknowledged_at"], alert.acknowledged_by) == (alert.acknowledged_at.timestamp(), teacher)


def test_second_acknowledgement_changes_nothing(client, session, teacher):
    [alert] = make_alerts(session, 1)
    client.force_login(teacher)
    first, second = (client.post(url_of(session, alert)).json()["acknowledged_at"] for _ in range(2))
    assert first == second


def test_acknowledgement_names_the_teacher_who_was_first(client, session, teacher):
    colleague = factories.teacher("Bela Bauer")
    session.course.teachers.add(colleague)
    [alert] = make_alerts(session, 1)
    for user in (colleague, teacher):
        client.force_login(user)
        row = client.post(url_of(session, alert)).json()
    assert row["acknowledged_by"] == {"id": colleague.pk, "name": "Bela Bauer"}


def acknowledge_all(client, session, newest, **more):
    return client.post(f"{url_of(session)}acknowledge/", {"newest": newest, **more}, content_type="application/json")


def test_acknowledging_all_notes_open_alerts_up_to_the_newest_shown(client, session, teacher):
    *shown, unseen = (student_alert(session) for _ in range(3))
    client.force_login(teacher)
    rows = acknowledge_all(client, session, shown[-1].pk).json()
    assert [(row["id"], row["acknowledged_at"] is None) for row in rows] == [
        (unseen.pk, True),
        (shown[1].pk, False),
        (shown[0].pk, False),
    ]


def student_alert(session) -> Alert:
    figures = {"seconds": 60, "matching": 30, "snapshots": 30}
    student = factories.student_of(session.course)
    return Alert.objects.create(
        session=session, student=student, kind="student_away", pending_at=NOW, fired_at=NOW, figures=figures
    )


def test_acknowledging_a_kind_leaves_other_kinds_and_what_the_class_explains(client, session, teacher):
    away, explained, other = (student_alert(session) for _ in range(3))
    [over] = make_alerts(session, 1)
    Alert.objects.filter(pk=explained.pk).update(explained_by=over)
    Alert.objects.filter(pk=other.pk).update(kind="student_negative", figures=other.figures | {"expressions": []})
    client.force_login(teacher)
    acknowledge_all(client, session, over.pk, kind="student_away")
    assert list(Alert.objects.exclude(acknowledged_at=None)) == [away]
    assert acknowledge_all(client, session, over.pk, kind="noise").status_code == 400


def test_acknowledging_all_leaves_other_sessions_alone(client, session, teacher):
    other = student_alert(factories.session(session.course, ended_at=NOW))
    client.force_login(teacher)
    assert acknowledge_all(client, session, other.pk).json() == []
    other.refresh_from_db()
    assert other.acknowledged_at is None


@pytest.mark.any_database
@pytest.mark.parametrize("newest", [None, "many", 0, 2**63, [1]])
def test_acknowledging_all_needs_the_id_of_an_alert(client, session, teacher, newest):
    client.force_login(teacher)
    assert acknowledge_all(client, session, newest).status_code == 400


@pytest.mark.any_database
@pytest.mark.parametrize("who", ["student", "other teacher", "administrator"])
def test_acknowledging_all_is_open_only_to_the_teacher(client, session, who):
    alert = student_alert(session)
    people = {
        "student": lambda: factories.student_of(session.course),
        "other teacher": factories.teacher,
        "administrator": lambda: factories.user("administrator"),
    }
    client.force_login(people[who]())
    assert acknowledge_all(client, session, alert.pk).status_code == 404
    alert.refresh_from_db()
    assert alert.acknowledged_at is None


def test_acknowledgement_requires_post(client, session, teacher):
    [alert] = make_alerts(session, 1)
    client.force_login(teacher)
    assert client.get(url_of(session, alert)).status_code == 405


def test_acknowledgement_requires_a_csrf_token(session, teacher):
    [alert] = make_alerts(session, 1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(teacher)
    assert client.post(url_of(session, alert)).status_code == 403


def test_alert_of_another_session_is_not_found(client, session, teacher):
    [alert] = make_alerts(factories.session(), 1)
    client.force_login(teacher)
    assert client.post(url_of(session, alert)).status_code == 404


def test_live_state_includes_alerts(client, session, teacher):
    made = make_alerts(session, 8)
    Alert.objects.filter(pk=made[0].pk).update(recovered_at=None)
    client.force_login(teacher)
    state = client.get(f"/api/sessions/{session.pk}/live/").json()
    assert [row["id"] for row in state["alerts"]] == [alert.pk for alert in (made[0], *made[:2:-1])]
