"""The data of a class: attendance, readings, totals, timeline, alerts, answers, markers. Staff see all of it, students
what is about themselves."""

from datetime import timedelta

import pytest

from accounts.models import Scope, SecurityEvent
from classroom.domain.markers import add_marker
from classroom.models import Alert, AlertKind, ClassSession, SelfReport
from tests import factories
from tests.classroom.api.v1.programs import ROOT, Program
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LISTS = ("readings", "alerts", "answers")


@pytest.fixture
def session() -> ClassSession:
    """A class of two students, each with a reading, an alert and an answer; a third was absent."""
    session = factories.session(ended_at=NOW + 10 * MINUTE)
    for name in ("Ada", "Blaise"):
        student = factories.student_of(session.course, name)
        factories.attendance(session, student, left_at=NOW + MINUTE)
        factories.reading(session, student, after_s=5)
        Alert.objects.create(
            session=session, student=student, kind=AlertKind.STUDENT_AWAY, pending_at=NOW, fired_at=NOW, figures={}
        )
        SelfReport.objects.create(session=session, student=student, answer="lost", at=NOW)
    Alert.objects.create(session=session, kind=AlertKind.PRESENCE_LOW, pending_at=NOW, fired_at=NOW, figures={})
    add_marker(session=session, author=session.course.teachers.get(), text="Exercise", at=NOW)
    factories.student_of(session.course, "Zoe")
    session.course.enrolments.update(joined_at=NOW)
    return session


def path(session: ClassSession, name: str) -> str:
    return f"sessions/{session.pk}/{name}/"


def students(program: Program, session: ClassSession, name: str, **query) -> list[int | None]:
    return [row["student"] for row in program.json(path(session, name), **query)["results"]]


def test_staff_see_everybody_and_students_themselves(session):
    ada, blaise, _ = (each.student for each in session.course.enrolments.order_by("pk"))
    staff = Program(session.course.teachers.get())
    own = Program(ada)
    assert {name: students(staff, session, name) for name in LISTS} == {
        "readings": [ada.pk, blaise.pk],
        "alerts": [ada.pk, blaise.pk, None],
        "answers": [ada.pk, blaise.pk],
    }
    assert {name: students(own, session, name) for name in LISTS} == {name: [ada.pk] for name in LISTS}
    assert {name: students(staff, session, name, student=blaise.pk) for name in LISTS} == {
        name: [blaise.pk] for name in LISTS
    }


def test_attendance_has_those_who_came_and_those_who_did_not(session):
    rows = Program(session.course.teachers.get()).json(path(session, "attendance"))["results"]
    assert [(row["student"]["name"], row["attended"]) for row in rows] == [
        ("Ada", True),
        ("Blaise", True),
        ("Zoe", False),
    ]
    ada, _, zoe = (each.student for each in session.course.enrolments.order_by("pk"))
    assert Program(ada).json(path(session, "attendance"))["results"] == rows[:1]
    assert Program(zoe).json(path(session, "attendance"))["results"] == []


def test_attendance_is_paged(session):
    program = Program(session.course.teachers.get())
    first = program.json(path(session, "attendance"), page_size=2)
    second = program.json(first["next"])
    assert [row["student"]["name"] for page in (first, second) for row in page["results"]] == ["Ada", "Blaise", "Zoe"]


def test_anonymous_class_gives_staff_no_reading_and_no_alert_about_a_student(session):
    ClassSession.objects.filter(pk=session.pk).update(is_anonymous=True)
    staff, ada = Program(session.course.teachers.get()), session.course.enrolments.order_by("pk")[0].student
    assert students(staff, session, "readings") == []
    assert students(staff, session, "readings", student=ada.pk) == []
    assert students(staff, session, "students") == []
    assert students(staff, session, "alerts") == [None]
    windows = staff.json(path(session, "timeline"))["results"]
    shown = [(window["seen"], window["counts"]) for window in windows if window["present"]]
    assert shown
    assert all(each == (None, None) for each in shown)
    assert students(Program(ada), session, "readings") == [ada.pk]
    assert students(Program(ada), session, "students") == [ada.pk]


def test_students_have_the_sums_of_their_readings_with_what_they_rest_on(session):
    ada, blaise, _ = (each.student for each in session.course.enrolments.order_by("pk"))
    for after_s, expression, uncertain in ((15, "sad", ""), (17, "happy", "small"), (25, "", "")):
        factories.reading(session, ada, after_s=after_s, expression=expression, uncertain=uncertain)
    staff = Program(session.course.teachers.get())
    row, other = staff.json(path(session, "students"))["results"]
    assert row == {
        "student": ada.pk,
        "minutes": 1.0,
        "readings": 4,
        "certain": 2,
        "with_face": 3,
        "windows": 7,
        "shares": dict.fromkeys(row["shares"], 0.0) | {"happy": 0.1429, "sad": 0.1429, "unread": 0.7143},
        "leading_expression": "happy",
        "negative": 0.5,
        "measures": [
            {"name": "arousal", "band": None, "based_on": 2, "of": 4},
            {"name": "volatility", "band": None, "based_on": 2, "of": 4},
            {"name": "calm_presence", "band": None, "based_on": 2, "of": 4},
        ],
    }
    assert other["student"] == blaise.pk
    assert Program(ada).json(path(session, "students"))["results"] == [row]


def test_timeline_is_for_staff(session):
    window = Program(session.course.teachers.get()).json(path(session, "timeline"))["results"][0]
    assert (window["at"], window["present"], window["seen"], window["counts"]["happy"]) == (
        "2026-11-02T10:00:00Z",
        2,
        2,
        2,
    )
    student = session.course.enrolments.order_by("pk")[0].student
    assert Program(student).get(ROOT + path(session, "timeline")).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [({"expression": "happy"}, 2), ({"expression": "sad"}, 0), ({"captured_after": "2026-11-02T10:00:06Z"}, 0)],
)
def test_filters_narrow_the_readings(session, query, found):
    assert len(students(Program(session.course.teachers.get()), session, "readings", **query)) == found


def test_staff_add_markers_and_those_who_were_there_read_them(session):
    assistant = factories.assistant_of(session.course)
    created = Program(assistant).send(path(session, "markers"), text="Break", at=str(NOW + MINUTE))
    assert (created.status_code, created.json()["text"], created.json()["at"]) == (201, "Break", "2026-11-02T10:01:00Z")
    ada, _, zoe = (each.student for each in session.course.enrolments.order_by("pk"))
    assert [row["text"] for row in Program(ada).json(path(session, "markers"))["results"]] == ["Exercise", "Break"]
    assert Program(zoe).get(ROOT + path(session, "markers")).status_code == 404
    assert Program(ada).send(path(session, "markers"), text="Mine").status_code == 404


def test_staff_rename_and_remove_markers_of_their_classes(session):
    program, marker = Program(factories.assistant_of(session.course)), session.markers.get()
    address = f"{ROOT}{path(session, 'markers')}{marker.pk}/"
    renamed = program.patch(address, {"text": " Task "}, "application/json")
    assert (renamed.status_code, renamed.json()) == (
        200,
        {"id": marker.pk, "at": "2026-11-02T10:00:00Z", "text": "Task"},
    )
    assert program.patch(address, {}, "application/json").json() == renamed.json()
    assert program.patch(address, {"text": "  "}, "application/json").status_code == 400
    student, teacher = session.course.enrolments.order_by("pk")[0].student, session.course.teachers.get()
    elsewhere = f"{ROOT}{path(factories.session(factories.course(teacher)), 'markers')}{marker.pk}/"
    refused = [Program(student).delete(address), Program(teacher).delete(elsewhere)]
    assert [response.status_code for response in refused] == [404, 404]
    assert Program(teacher, Scope.COURSES_READ).delete(address).status_code == 403
    assert [each.text for each in session.markers.all()] == ["Task"]
    assert program.delete(address).status_code == 204
    assert not session.markers.exists()


def test_reading_the_data_of_others_is_in_the_audit_log(session, django_capture_on_commit_callbacks):
    teacher = session.course.teachers.get()
    with django_capture_on_commit_callbacks(execute=True):
        Program(teacher).json(path(session, "readings"))
    event = SecurityEvent.objects.get(event="data_viewed")
    assert (event.actor_id, event.session, event.details["view"]) == (teacher.pk, session.pk, "v1:readings")


@pytest.mark.usefixtures("clock_stands")
def test_query_count_does_not_grow_with_rows(session, django_assert_max_num_queries):
    program = Program(session.course.teachers.get())
    for name in (*LISTS, "markers", "attendance", "students"):
        program.json(path(session, name))
        with django_assert_max_num_queries(7):
            program.json(path(session, name))
