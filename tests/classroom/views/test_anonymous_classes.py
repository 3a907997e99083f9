"""In an anonymous class, other people learn nothing about one student's readings, neither from any output nor from any
two together."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import combinations

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from accounts.models import User
from classroom.domain.alerts.evaluation import evaluate_alerts
from classroom.domain.history.highlights import Highlight
from classroom.domain.history.rollups import roll_up
from classroom.domain.history.session_report import build_student_report, to_payload
from classroom.domain.live.state import live_state
from classroom.domain.self_reports import record_answer
from classroom.domain.sessions import end_session
from classroom.measures import EXPRESSIONS
from classroom.models import Alert, Attendance, Reading
from tests import factories
from tests.classroom.domain.anonymity.anonymous_classes import (
    all_show,
    anonymous_session,
    join,
    publish,
    read_minute,
)
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

MINUTES = 4
# These differ each time: tokens, and the ids of alerts, which a database does not reuse after a rollback.
CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|data-csrf="\w+"|"id": ?\d+(?=, ?"(?:kind|student)")'
)


@pytest.fixture
def session():
    factories.user("administrator")
    return anonymous_session(name="Latin")


@pytest.fixture
def students(session):
    return join(session, 7, camera="paused")


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch):
    for scope in ("downloads", "comparisons", "previews"):
        monkeypatch.setitem(UserRateThrottle.THROTTLE_RATES, scope, "1000/min")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outputs(session, students, readers) -> dict[str, str]:
    """Everything that staff and administrators see of the class, live and afterwards, if these students' cameras are on
    throughout and read them as sad. Nothing stays in the database."""
    with undone():
        Attendance.objects.filter(student__in=readers).update(camera="on", changed_at=NOW + timedelta(seconds=7))
        for minute in range(MINUTES):
            read_minute(session, minute, all_show(readers, "sad"))
        record_answer(session=session, student=students[0], answer="all_good", now=NOW + timedelta(minutes=1))
        now = NOW + timedelta(minutes=MINUTES, seconds=10)
        publish(session, minutes=MINUTES + 0.2)
        evaluate_alerts(session=session, now=now)
        found = {"live": CHANGING.sub("", json.dumps(live_state(session=session, now=now)))}
        for student in students:
            report = build_student_report(session=session, student=student.pk, now=now)
            found[f"live of {student}"] = json.dumps(to_payload(report))
        teacher = session.course.teachers.get()
        found |= pages(teacher, f"/sessions/{session.pk}/live/", *apis(session))
        end_session(session=session, now=now)
        session.refresh_from_db()
        roll_up(session=session, now=now + timedelta(hours=1))
        found |= pages(teacher, *staff_paths(session, students), *apis(session))
        found |= preview(session, teacher)
        administrator = User.objects.filter(role="administrator").get()
        found |= pages(administrator, *administrator_paths(session, students))
    session.refresh_from_db()
    return found


def pages(user, *paths: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    responses = {path: client.get(path) for path in paths}
    assert {response.status_code for response in responses.values()} <= {200, 404}
    return {path: f"{each.status_code} {CHANGING.sub('', each.text)}" for path, each in responses.items()}


def apis(session) -> list[str]:
    return [f"/api/sessions/{session.pk}/{name}/" for name in ("alerts", "consent")]


def staff_paths(session, students) -> list[str]:
    here, course = f"/sessions/{session.pk}/", f"/courses/{session.course_id}/"
    files = ("students.csv", "attendance.csv", "readings.csv", "edit/", "?students=all")
    paths = [here, *(f"{here}{name}" for name in files)]
    paths += [
        course,
        *(f"{course}{name}" for name in ("sessions.csv", "term/", "register/", "register.csv", "members/")),
    ]
    for student in students:
        paths += [f"{here}students/{student.pk}/", f"{course}students/{student.pk}/"]
        paths += [f"{course}students/{student.pk}/sessions.csv"]
    return paths


def administrator_paths(session, students) -> list[str]:
    of_course = [f"/administration/courses/{session.course_id}/{name}" for name in ("", "delete/")]
    first, second = students[:2]
    return [
        *of_course,
        *(f"/administration/people/{student.pk}/delete/" for student in students),
        f"/administration/people/{first.pk}/merge/{second.pk}/",
    ]


def preview(session, teacher) -> dict[str, str]:
    """The alerts that the most sensitive settings would have given."""
    client = Client()
    client.force_login(teacher)
    path = f"/courses/{session.course_id}/alerts/"
    form = client.get(path).context["rule_forms"]
    data = {"preset": "custom", "preview": "1", "session": session.pk}
    for rule in form:
        data |= {field.html_name: field.initial for field in rule.numbers} | {rule["enabled"].html_name: "on"}
    response = client.post(path, data)
    assert response.status_code == 200
    return {"preview": CHANGING.sub("", response.text)}


def assert_same(one: dict[str, str], other: dict[str, str]) -> None:
    assert one.keys() == other.keys()
    for name, text in one.items():
        assert text == other[name], name


@pytest.mark.services
def test_fewer_than_five_cameras_change_no_output_at_all(session, students):
    none, *some = (outputs(session, students, students[:readers]) for readers in (0, 1, 4))
    for found in some:
        assert_same(none, found)


def test_sixth_and_seventh_camera_change_no_output_and_none_about_a_student_is_in_it(session, students):
    five, seven = outputs(session, students, students[:5]), outputs(session, students, students)
    assert_same(five, seven)
    # The numbers of five students are there, so the outputs above could have differed.
    assert '"seen": 5' in five["live"]
    assert "5 of 5" in five["live"]
    assert ",1.0,0.0," in five[f"/courses/{session.course_id}/sessions.csv"]
    # Nothing that was read from a student is in a file or page with their name.
    assert seven[f"/sessions/{session.pk}/readings.csv"].startswith("404")
    rows = seven[f"/sessions/{session.pk}/students.csv"].splitlines()
    assert {row.split(",", 5)[5] for row in rows[1:]} == {"," * 13 + answers for answers in ("0,0,0,1", "0,0,0,0")}
    for name in (
        f"/sessions/{session.pk}/students/{students[0].pk}/",
        f"/courses/{session.course_id}/students/{students[0].pk}/",
    ):
        assert "Sad" not in seven[name]


def test_which_student_of_a_group_shows_an_expression_changes_no_output(session, students):
    one, other = (with_expressions(session, students, {students[place]: "angry"}) for place in (0, 4))
    assert_same(one, other)


def with_expressions(session, students, shown_by) -> dict[str, str]:
    with undone():
        for minute in range(MINUTES):
            read_minute(session, minute, all_show(students[:5], "happy") | shown_by)
        return outputs(session, students, [])


@pytest.mark.services
def test_student_sees_their_own_readings(client, session, students):
    read_minute(session, 0, all_show(students, "sad"))
    end_session(session=session, now=NOW + timedelta(minutes=2))
    client.force_login(students[0])
    assert "Sad" in client.get(f"/sessions/{session.pk}/mine/").text
    assert client.get(f"/sessions/{session.pk}/mine/readings.csv").getvalue().decode().count("Student 00") == 4
    assert ",sad," in client.get(f"/courses/{session.course_id}/mine/sessions.csv").text
    assert '"expression": "sad"' in "".join(part.decode() for part in client.get("/accounts/data/").streaming_content)


@pytest.mark.parametrize(
    ("present", "basis"), [(6, "Based on 5 of 6 students present."), (3, "3 students were present.")]
)
def test_moment_is_never_based_on_more_students_than_were_present(present, basis):
    moment = Highlight(at=0, kind="alert", weight=2.0, seen=5, present=present, alert_kind="presence_low")
    context = {"students": [1], "faces": True, "summary": {"is_anonymous": True}, "report": {"highlights": [moment]}}
    assert basis in render_to_string("classroom/_report_highlights.html", context)


def vectors(state: dict) -> Iterator[tuple[int, ...]]:
    """Every number of students by expression in a live state: of the bar and of each window."""
    for counts in (state["mood"]["counts"], *(window["counts"] for window in state["timeline"])):
        if counts is not None and state["mood"]["present"]:
            yield tuple(counts[name] for name in EXPRESSIONS)


def test_no_difference_of_two_numbers_is_of_fewer_than_five_students(session):
    """One student leaves, comes back, turns the camera off and on, and two come late, one step a minute. Everyone shows
    the same all the time, so that nothing but the group makes two numbers differ."""
    students = join(session, 13)
    stepper, late, others = students[0], students[11:], students[1:11]
    shown_by = dict(zip(students, ["sad", *("happy", "neutral", "surprise") * 4], strict=True))
    away = [
        {*late},
        {*late, stepper},
        {*late},
        {late[1]},
        {late[1], stepper},
        set(),
        {stepper},
        {others[3], stepper},
        set(),
    ]
    seen: list[tuple[int, ...]] = []
    for minute, missing in enumerate(away):
        read_minute(session, minute, {each: shown_by[each] for each in students if each not in missing})
        publish(session, minutes=minute + 1.2)
        now = NOW + timedelta(minutes=minute + 1, seconds=12)
        seen += vectors(live_state(session=session, now=now))
    numbers = {each for each in seen if any(each)}
    assert {sum(each) for each in numbers} == {5, 10}
    for one, other in combinations(numbers, 2):
        changed = [a - b for a, b in zip(one, other, strict=True)]
        assert abs(sum(changed)) >= 5
        assert sum(map(abs, changed)) == abs(sum(changed))  # all with one sign: no exchange of single students


def test_alert_of_the_class_has_the_published_counts_and_no_students(session, students):
    read_minute(session, 0, all_show(students, "sad"))
    read_minute(session, 1, all_show(students, "sad"))
    publish(session, minutes=2.2)
    evaluate_alerts(session=session, now=NOW + timedelta(minutes=2, seconds=20))
    [alert] = Alert.objects.all()
    assert (alert.kind, alert.student, alert.figures) == ("class_negative", None, {"negative": 5, "seen": 5})


def test_alerts_about_students_from_before_the_class_became_anonymous_are_hidden(client, session, students):
    Alert.objects.create(session=session, student=students[0], kind="student_away", pending_at=NOW, fired_at=NOW)
    client.force_login(session.course.teachers.get())
    assert client.get(f"/api/sessions/{session.pk}/alerts/").json()["count"] == 0
    assert client.post(f"/api/sessions/{session.pk}/alerts/{Alert.objects.get().pk}/acknowledge/").status_code == 404
    assert live_state(session=session, now=NOW)["alerts"] == []
    assert live_state(session=session, now=NOW)["fired"] == []


def test_numbers_are_left_out_and_not_zero(session, students):
    read_minute(session, 0, {})
    state = live_state(session=session, now=NOW + timedelta(minutes=1))
    mood = state["mood"]
    assert (mood["counts"], mood["seen"], mood["negative"], mood["present"]) == (None, None, None, 7)
    assert {window["seen"] for window in state["timeline"]} == {None}
    assert state["sentence"]["text"] == "Expressions appear once five students are readable for a whole minute."


@pytest.mark.services
def test_tile_has_presence_and_responses_alone(session, students):
    Attendance.objects.filter(student=students[0]).update(camera="on", changed_at=NOW + timedelta(seconds=9))
    read_minute(session, 0, all_show(students, "sad"))
    record_answer(session=session, student=students[0], answer="lost", now=NOW + timedelta(seconds=50))
    tile = live_state(session=session, now=NOW + timedelta(minutes=1))["students"][0]
    assert {name: value for name, value in tile.items() if value} == {
        "id": students[0].pk,
        "name": "Student 00",
        "sort": "student 00",
        "state": "in_class",
        "updated": NOW.timestamp() + 60,  # the last heartbeat
        "says": {"answer": "lost", "at": NOW.timestamp() + 50},
        "heard": NOW.timestamp() + 50,
    }
    assert Reading.objects.count() == 28
