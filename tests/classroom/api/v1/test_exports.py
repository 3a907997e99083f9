"""Files through the API: those of the pages, with the scopes of what they contain."""

import pytest
from django.test import Client
from rest_framework.throttling import UserRateThrottle

from accounts.api_tokens.lifecycle import TokenEnded
from accounts.models import ApiToken, Scope, SecurityEvent
from classroom.domain.audit import looks_at
from classroom.models import ClassSession
from tests import factories
from tests.classroom.api.v1.programs import ROOT, Program
from tests.factories import NOW

pytestmark = pytest.mark.django_db
FILES = {
    "sessions/{session}/exports/attendance/": "sessions/{session}/attendance.csv",
    "sessions/{session}/exports/students/": "sessions/{session}/students.csv",
    "sessions/{session}/exports/readings/": "sessions/{session}/readings.csv",
    "courses/{course}/exports/sessions/": "courses/{course}/sessions.csv",
    "courses/{course}/exports/register/": "courses/{course}/register.csv",
    "courses/{course}/exports/students/{student}/": "courses/{course}/students/{student}/sessions.csv",
}
OWN = {
    "sessions/{session}/exports/readings/": "sessions/{session}/mine/readings.csv",
    "courses/{course}/exports/students/{student}/": "courses/{course}/mine/sessions.csv",
}


@pytest.fixture
def session() -> ClassSession:
    session = factories.full_session()
    session.course.enrolments.update(joined_at=NOW)
    return session


@pytest.fixture
def ada(session):
    return session.course.enrolments.order_by("pk")[0].student


def filled(path: str, session: ClassSession, student) -> str:
    return path.format(session=session.pk, course=session.course_id, student=student.pk)


def content(response) -> tuple[str, str, bytes]:
    assert response.status_code == 200, response.content
    text = b"".join(response.streaming_content) if response.streaming else response.content
    return response.headers["Content-Type"], response.headers["Content-Disposition"], text


@pytest.mark.any_database
@pytest.mark.parametrize("query", ["", "?format=semicolons"])
def test_files_are_those_of_the_pages(session, ada, query):
    for person, files in ((session.course.teachers.get(), FILES), (ada, OWN)):
        browser, program = Client(), Program(person)
        browser.force_login(person)
        for path, page in files.items():
            file = program.get(f"{ROOT}{filled(path, session, ada)}{query}")
            assert content(file) == content(browser.get(f"/{filled(page, session, ada)}{query}"))
            assert (file.headers["Content-Type"], file.cookies) == ("text/csv; charset=utf-8", {})


@pytest.mark.any_database
def test_workbook_and_period_are_chosen_in_the_query(session):
    program, path = Program(session.course.teachers.get()), f"{ROOT}courses/{session.course_id}/exports/sessions/"
    assert content(program.get(path, {"format": "xlsx"}))[2][:2] == b"PK"
    rows = {
        day: len(content(program.get(path, {"since": day}))[2].splitlines())
        for day in ("0001-01-01", "2026-11-02", "2026-11-04", "9999-12-31")
    }
    assert rows == {"0001-01-01": 2, "2026-11-02": 2, "2026-11-04": 1, "9999-12-31": 1}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("courses/{course}/exports/sessions/?format=pdf", "format"),
        ("sessions/{session}/exports/students/?format=", "format"),
        ("courses/{course}/exports/register/?since=monday", "since"),
        ("courses/{course}/exports/register/?until=", "until"),
        ("sessions/{session}/exports/readings/?format=xlsx", "format"),
    ],
)
def test_other_formats_and_days_are_refused(session, ada, path, field):
    response = Program(session.course.teachers.get()).get(ROOT + filled(path, session, ada))
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.any_database
def test_file_needs_the_scopes_of_all_that_it_contains(session, ada):
    allowed = {}
    for scope in Scope:
        program = Program(session.course.teachers.get(), scope)
        allowed[scope] = [path for path in FILES if program.get(ROOT + filled(path, session, ada)).status_code == 200]
    names = list(FILES)
    assert allowed == {scope: [] for scope in Scope} | {Scope.ATTENDANCE_READ: [names[0], names[4]]}


def test_students_get_no_file_about_others_and_staff_of_an_anonymous_class_no_readings(session, ada):
    program, other = Program(ada), session.course.enrolments.order_by("pk")[1].student
    for path in FILES:
        if path not in OWN:
            assert program.get(ROOT + filled(path, session, ada)).status_code == 404
    assert program.get(ROOT + filled("courses/{course}/exports/students/{student}/", session, other)).status_code == 404
    ClassSession.objects.update(is_anonymous=True)
    path = ROOT + filled("sessions/{session}/exports/readings/", session, ada)
    assert Program(session.course.teachers.get()).get(path).status_code == 404
    assert program.get(path).status_code == 200


def test_downloads_of_the_api_and_of_pages_count_together(session, ada, monkeypatch):
    monkeypatch.setitem(UserRateThrottle.THROTTLE_RATES, "downloads", "2/min")
    teacher, browser = session.course.teachers.get(), Client()
    browser.force_login(teacher)
    assert browser.get(f"/sessions/{session.pk}/students.csv").status_code == 200
    path = ROOT + filled("sessions/{session}/exports/students/", session, ada)
    answers = [Program(teacher).get(path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert (answers[1].json()["status"], int(answers[1].headers["Retry-After"]) > 0) == (429, True)


def test_download_is_in_the_audit_log_and_one_of_own_data_no_look_at_others(
    session, ada, django_capture_on_commit_callbacks
):
    teacher, other = session.course.teachers.get(), session.course.enrolments.order_by("pk")[1].student
    path, page = (filled(each, session, ada) for each in next(iter(OWN.items())))
    browser = Client()
    browser.force_login(ada)
    with django_capture_on_commit_callbacks(execute=True):
        for program in (Program(teacher), Program(ada)):
            content(program.get(ROOT + path))
        content(browser.get(f"/{page}"))
        Program(ada).json(f"sessions/{session.pk}/readings/")
    events = SecurityEvent.objects.filter(event__in=("data_exported", "data_viewed")).order_by("pk")
    assert [(each.details["view"], each.actor_id, each.subject_id, each.session) for each in events] == [
        ("v1:readings_file", teacher.pk, None, session.pk),
        ("v1:readings_file", ada.pk, ada.pk, session.pk),
        ("my_readings_csv", ada.pk, ada.pk, session.pk),
    ]
    assert [each.actor_id for each in looks_at(other, now=events[2].at)] == [teacher.pk]


def test_stream_ends_with_an_error_after_its_token(session, ada):
    file = Program(session.course.teachers.get()).get(
        ROOT + filled("sessions/{session}/exports/readings/", session, ada)
    )
    pieces = iter(file.streaming_content)
    assert next(pieces).startswith("\ufeffcaptured_at,".encode())
    ApiToken.objects.all().delete()
    with pytest.raises(TokenEnded):
        next(pieces)
