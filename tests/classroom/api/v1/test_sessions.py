"""Classes in the API: listing, starting and ending them."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from classroom.models import ClassSession
from tests import factories
from tests.classroom.api.v1.programs import ROOT, Program
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_session_is_shown_in_utc():
    session = factories.session(ended_at=NOW + HOUR)
    teacher = session.course.teachers.get()
    teacher.time_zone = "Asia/Kolkata"
    teacher.save()
    assert Program(teacher).json(f"sessions/{session.pk}/") == {
        "id": session.pk,
        "course": session.course_id,
        "topic": "Means",
        "started_at": "2026-11-02T10:00:00Z",
        "ended_at": "2026-11-02T11:00:00Z",
        "closed_itself": False,
    }


def test_everyone_lists_the_sessions_that_their_pages_show():
    course, other = factories.course(), factories.course()
    student, assistant = factories.student_of(course), factories.assistant_of(course)
    ended, running = (
        factories.session(course, ended_at=NOW + HOUR),
        factories.session(course, started_at=NOW + 2 * HOUR),
    )
    left = factories.session(other, ended_at=NOW + HOUR, started_at=NOW - HOUR)
    factories.attendance(left, student)
    lists = {
        course.teachers.get(): [running, ended],
        assistant: [running, ended],
        student: [running, ended, left],
        other.teachers.get(): [left],
        factories.user("administrator"): [],
    }
    for person, sessions in lists.items():
        assert Program(person).ids("sessions/") == [session.pk for session in sessions]


@pytest.mark.parametrize(
    ("query", "topics"),
    [
        ({}, ["now", "late", "early"]),
        ({"running": "true"}, ["now"]),
        ({"running": "false"}, ["late", "early"]),
        ({"started_after": "2026-11-02T11:00:00Z"}, ["now", "late"]),
        ({"started_before": "2026-11-02T11:00:00Z"}, ["early"]),
        ({"started_before": "2026-11-03T10:00:00+23:00"}, ["early"]),
    ],
)
def test_filters_narrow_the_list(query, topics):
    course = factories.course()
    for topic, start, end in (("early", 0, 1), ("late", 1, 2), ("now", 3, None)):
        at = {"started_at": NOW + start * HOUR, "ended_at": end and NOW + end * HOUR}
        ClassSession.objects.create(course=course, topic=topic, **at)
    rows = Program(course.teachers.get()).json("sessions/", **query)["results"]
    assert [row["topic"] for row in rows] == topics


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00", "now"])
@pytest.mark.parametrize(
    "path", ["sessions/?started_after", "sessions/?started_before", "sessions/{}/readings/?captured_after"]
)
def test_moment_that_databases_cannot_compare_is_refused(path, moment):
    session = factories.session()
    response = Program(session.course.teachers.get()).get(f"{ROOT}{path.format(session.pk)}={quote(moment)}")
    assert response.status_code == 400


def test_course_filter_narrows_the_list():
    teacher = factories.teacher()
    one, other = (factories.session(factories.course(teacher)) for _ in range(2))
    assert Program(teacher).ids("sessions/", course=one.course_id) == [one.pk]
    assert other.pk in Program(teacher).ids("sessions/")


def test_teacher_starts_a_class():
    course = factories.course()
    program = Program(course.teachers.get())
    created = program.send(f"courses/{course.pk}/sessions/", topic="Sums")
    session = course.sessions.get()
    assert created.status_code == 201
    assert created.json() == program.json(f"sessions/{session.pk}/")
    assert (session.topic, session.is_running) == ("Sums", True)
    again = program.send(f"courses/{course.pk}/sessions/")
    assert again.status_code == 409
    assert again.json()["detail"] == f"Session {session.pk} of this course is still running."


def test_class_in_an_archived_course_cannot_start():
    course = factories.course(archived_at=NOW)
    refused = Program(course.teachers.get()).send(f"courses/{course.pk}/sessions/")
    assert (refused.status_code, refused.json()["detail"]) == (409, "This course is archived.")


def test_assistant_and_student_start_and_end_no_class():
    course = factories.course()
    session = factories.session(course)
    for person in (factories.assistant_of(course), factories.student_of(course)):
        program = Program(person)
        paths = (f"courses/{course.pk}/sessions/", f"sessions/{session.pk}/end/")
        assert [program.send(path).status_code for path in paths] == [404, 404]


def test_teacher_ends_a_class():
    session = factories.session()
    program = Program(session.course.teachers.get())
    ended = program.send(f"sessions/{session.pk}/end/")
    session.refresh_from_db()
    assert ended.status_code == 200
    assert not session.is_running
    assert ended.json() == program.json(f"sessions/{session.pk}/")
    assert program.send(f"sessions/{session.pk}/end/").status_code == 409


@pytest.mark.usefixtures("clock_stands")
def test_query_count_does_not_grow_with_rows(django_assert_num_queries):
    course = factories.course()
    program = Program(course.teachers.get())
    for hours in range(3):
        factories.session(course, started_at=NOW + hours * HOUR, ended_at=NOW + (hours + 1) * HOUR)
        program.json("sessions/")
        with django_assert_num_queries(2):
            program.json("sessions/")


def test_unknown_session_is_not_found():
    assert Program(factories.user()).get(f"{ROOT}sessions/1/").status_code == 404


@pytest.mark.any_database
@pytest.mark.parametrize("sent", [7, 0.5, True, None, ["Sums"], {"topic": "Sums"}])
def test_topic_or_marker_that_is_no_text_is_refused(sent):
    session = factories.session()
    program = Program(session.course.teachers.get())
    assert program.send(f"courses/{session.course_id}/sessions/", topic=sent).status_code == 400
    assert program.send(f"sessions/{session.pk}/markers/", text=sent).status_code == 400
