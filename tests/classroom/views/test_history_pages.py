"""Reports: access, the same figures for students and teachers, and the query counts of every history page."""

from datetime import timedelta

import pytest

from classroom.domain.sessions import end_session
from classroom.models import Alert
from tests import factories
from tests.classroom.views.past_classes import body, held
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def course():
    return factories.course(name="Statistics")


@pytest.fixture
def ada(course):
    return factories.student_of(course, "Ada")


@pytest.fixture
def people(course, ada):
    return {
        "teacher": course.teachers.get(),
        "student": ada,
        "classmate": factories.student_of(course, "Ben"),
        "other teacher": factories.teacher(),
        "administrator": factories.user("administrator"),
    }


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("/courses/{course}/term/", {"teacher"}),
        ("/courses/{course}/students/{ada}/", {"teacher"}),
        ("/courses/{course}/mine/", {"student", "classmate"}),
        ("/sessions/{session}/students/{ada}/", {"teacher"}),
        ("/sessions/{session}/mine/", {"student", "classmate"}),
        ("/sessions/{session}/", {"teacher"}),
    ],
)
def test_each_history_page_is_limited_to_its_audience(client, course, ada, people, page, allowed):
    session = held(course, ada)
    path = page.format(course=course.pk, session=session.pk, ada=ada.pk)
    answers = {}
    for who, user in people.items():
        client.force_login(user)
        answers[who] = client.get(path).status_code
    assert answers == {who: 200 if who in allowed else 404 for who in people}


def test_visitors_must_sign_in(client, course, ada):
    for path in (f"/courses/{course.pk}/term/", f"/courses/{course.pk}/students/{ada.pk}/", "/sessions/1/students.csv"):
        assert client.get(path).url == f"/accounts/login/?next={path}"


def test_student_and_teacher_see_the_same_session_report(client, course, ada):
    session = held(course, ada, factories.student_of(course, "Ben"))
    client.force_login(ada)
    own = client.get(f"/sessions/{session.pk}/mine/").context
    client.force_login(course.teachers.get())
    teachers = client.get(f"/sessions/{session.pk}/students/{ada.pk}/").context
    assert own["report"] == teachers["report"]
    assert own["marks"] == teachers["marks"]
    assert own["report"].summary.answers == {"lost": 1}
    assert [alert["student"] for alert in own["report"].alerts] == [ada.pk]


def test_student_pages_never_name_classmates(client, course, ada):
    session = held(course, ada, factories.student_of(course, "Ben Haddad"))
    for path in (f"/sessions/{session.pk}/mine/", f"/courses/{course.pk}/mine/", f"/courses/{course.pk}/"):
        assert "Ben Haddad" not in body(client, ada, path)


def test_student_page_equals_the_row_in_the_report(client, course, ada):
    session = held(course, ada)
    client.force_login(course.teachers.get())
    [row] = client.get(f"/sessions/{session.pk}/").context["students"]
    assert client.get(f"/sessions/{session.pk}/students/{ada.pk}/").context["summary"] == row
    [in_course] = client.get(f"/courses/{course.pk}/students/{ada.pk}/").context["rows"]
    assert in_course.summary == row


def test_student_who_never_joined_has_no_report(client, course, ada):
    session = held(course)
    client.force_login(course.teachers.get())
    assert client.get(f"/sessions/{session.pk}/students/{ada.pk}/").status_code == 404
    assert "No expression was read from you" in body(client, ada, f"/sessions/{session.pk}/mine/")


def test_student_who_left_the_course_stays_in_its_history(client, course, ada):
    held(course, ada)
    ada.enrolments.all().delete()
    assert "Ada" in body(client, course.teachers.get(), f"/courses/{course.pk}/students/{ada.pk}/")


def test_large_class_is_paginated_except_for_printing(client, course):
    session = held(course, *(factories.student_of(course, f"Student {number:03}") for number in range(51)))
    teacher = course.teachers.get()
    assert body(client, teacher, f"/sessions/{session.pk}/").count('data-testid="student-row"') == 50
    assert body(client, teacher, f"/sessions/{session.pk}/?page=2").count('data-testid="student-row"') == 1
    assert body(client, teacher, f"/sessions/{session.pk}/?students=all").count('data-testid="student-row"') == 51


QUERIES = {
    "/courses/{course}/": 10,
    "/courses/{course}/term/": 15,
    "/courses/{course}/students/{ada}/": 11,
    "/sessions/{session}/": 14,
    "/sessions/{session}/students/{ada}/": 10,
    "/sessions/{session}/students.csv": 6,
}
QUERIES_OF_STUDENT = {
    "/courses/{course}/mine/": 10,
    "/courses/{course}/": 10,
    "/sessions/{session}/mine/": 10,
    "/sessions/{session}/mine/readings.csv": 4,
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries", "of_student"),
    [(page, queries, False) for page, queries in QUERIES.items()]
    + [(page, queries, True) for page, queries in QUERIES_OF_STUDENT.items()],
)
def test_query_count_is_the_same_for_one_and_three(
    client, course, ada, page, queries, of_student, count, django_assert_num_queries
):
    others = [factories.student_of(course) for _ in range(count - 1)]
    sessions = [held(course, ada, *others, day=day) for day in range(count)]
    client.force_login(ada if of_student else course.teachers.get())
    path = page.format(course=course.pk, session=sessions[-1].pk, ada=ada.pk)
    with django_assert_num_queries(queries):
        response = client.get(path)
        assert response.status_code == 200
        b"".join(response)


def test_report_lists_markers_and_alerts(client, course, ada):
    session = held(course, ada)
    page = body(client, course.teachers.get(), f"/sessions/{session.pk}/")
    assert "Exercise" in page
    assert "Camera on, but no face in 30 of 38 readings over 60 s." in page
    assert page.count('data-testid="alert-row"') == 1


@pytest.mark.services
def test_report_lists_events_in_the_order_in_which_they_happened(client, course, ada):
    session = held(course, ada)
    alert = session.alerts.get()
    for seconds, text in ((1, "Quiz over"), (-1, "Quiz begins")):
        at = alert.fired_at + timedelta(seconds=seconds)
        session.markers.create(author=course.teachers.get(), at=at, text=text)
    page = body(client, course.teachers.get(), f"/sessions/{session.pk}/")
    events = page[page.index('data-testid="events"') :]
    assert events.index("Quiz begins") < events.index('data-testid="alert-row"') < events.index("Quiz over")


def test_report_limits_the_number_of_alerts(client, course, ada):
    session = held(course, ada)
    alert = Alert.objects.get()
    alert.pk = None
    Alert.objects.bulk_create([type(alert)(**{**_fields(alert)}) for _ in range(300)])
    page = body(client, course.teachers.get(), f"/sessions/{session.pk}/")
    assert page.count('data-testid="alert-row"') == 200
    assert "Showing 200 of 301 alerts" in page


def _fields(alert):
    return {field.attname: getattr(alert, field.attname) for field in alert._meta.fields if not field.primary_key}


def test_session_across_midnight_shows_both_days(client, course):
    session = factories.session(course, started_at=NOW.replace(hour=23, minute=50))
    end_session(session=session, now=session.started_at + timedelta(minutes=20))
    page = body(client, course.teachers.get(), f"/sessions/{session.pk}/")
    assert "2 Nov 2026, 23:50" in page
    assert "3 Nov 2026, 00:10" in page


def test_names_with_markup_are_escaped(client, course):
    session = held(course, factories.student_of(course, "<b>王芳</b> 🦉"))
    page = body(client, course.teachers.get(), f"/sessions/{session.pk}/")
    assert "&lt;b&gt;王芳&lt;/b&gt; 🦉" in page
    assert "<b>王芳" not in page


@pytest.mark.services
def test_session_without_roll_ups_has_a_report(client, course, ada):
    session = held(course, ada)
    session.windows.all().delete()
    session.student_minutes.all().delete()
    type(session).objects.update(rolled_up_until=None)
    client.force_login(course.teachers.get())
    [row] = client.get(f"/sessions/{session.pk}/").context["students"]
    assert (row.readings, row.dominant) == (1, "happy")
    assert session.windows.exists()
