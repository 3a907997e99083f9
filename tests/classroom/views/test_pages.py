"""Pages by role: access and content."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from classroom.domain.sessions import end_session, record_teacher_activity
from classroom.models import ClassSession, Enrolment, Reading
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def session():
    return factories.session()


@pytest.fixture
def people(session):
    """Members of the session's course and outsiders, by role."""
    return {
        "teacher": session.course.teachers.get(),
        "student": factories.student_of(session.course, "Ada"),
        "other teacher": factories.teacher(),
        "other student": factories.student_of(factories.course()),
        "administrator": factories.user("administrator"),
    }


def end(session):
    end_session(session=session, now=NOW + timedelta(minutes=30))


def status(client, person, path: str) -> int:
    client.force_login(person)
    return client.get(path).status_code


@pytest.mark.parametrize(
    ("page", "who", "expected"),
    [
        ("live", "teacher", 200),
        ("live", "student", 404),
        ("live", "other teacher", 404),
        ("live", "administrator", 404),
        ("attend", "student", 200),
        ("attend", "teacher", 404),
        ("attend", "other student", 404),
        ("mine", "student", 200),
        ("mine", "other student", 404),
    ],
)
def test_pages_of_running_session_by_role(client, session, people, page, who, expected):
    assert status(client, people[who], f"/sessions/{session.pk}/{page}/") == expected


def test_live_page_shows_how_to_join_until_somebody_has(client, session, people):
    client.force_login(people["teacher"])
    page = f"/sessions/{session.pk}/live/"
    link = f"http://testserver/courses/join/?code={session.course.join_code}"
    card = join_card(client.get(page))
    assert f'href="{link}"' in card
    assert f'data-testid="join-code" translate="no">{session.course.join_code}<' in card
    assert '<svg viewBox="0 0 37 37" class="qr">' in card
    assert "hidden" not in card.partition(">")[0]
    factories.attendance(session, people["student"])
    assert "hidden" in join_card(client.get(page)).partition(">")[0]


def join_card(response) -> str:
    return response.content.decode().partition('data-part="join-card"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("who", "expected"), [("teacher", 200), ("student", 404), ("other teacher", 404), ("administrator", 404)]
)
def test_report_is_open_only_to_its_teacher(client, session, people, who, expected):
    end(session)
    assert status(client, people[who], f"/sessions/{session.pk}/") == expected


@pytest.mark.parametrize(
    ("who", "expected"), [("teacher", 200), ("student", 404), ("other teacher", 404), ("administrator", 404)]
)
def test_live_state_is_open_only_to_its_teacher(client, session, people, who, expected):
    assert status(client, people[who], f"/api/sessions/{session.pk}/live/") == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [("teacher", 200), ("student", 200), ("other teacher", 404), ("other student", 404), ("administrator", 404)],
)
def test_course_page_is_open_only_to_its_members(client, session, people, who, expected):
    assert status(client, people[who], f"/courses/{session.course.pk}/") == expected


@pytest.mark.parametrize(
    "path", ["/courses/1/", "/courses/join/", "/sessions/1/", "/sessions/1/live/", "/sessions/1/attend/", "/consent/"]
)
def test_visitors_must_sign_in(client, path):
    assert client.get(path).url == f"/accounts/login/?next={path}"


def test_live_state_is_closed_to_visitors(client, session):
    assert client.get(f"/api/sessions/{session.pk}/live/").status_code == 403


@pytest.mark.parametrize("role", ["student", "teacher", "administrator"])
def test_home_page_exists_for_each_role(client, role):
    client.force_login(factories.user(role))
    assert client.get("/", follow=True).status_code == 200


def test_landing_page_explains_consent(client):
    assert "consent" in client.get("/").content.decode().lower()


def test_admin_is_open_only_to_administrators(client, people):
    assert status(client, people["administrator"], "/admin/classroom/course/") == 200
    assert status(client, people["teacher"], "/admin/classroom/course/") == 302
    assert status(client, people["student"], "/admin/classroom/course/") == 302


def test_admin_has_no_readings(client, people):
    assert status(client, people["administrator"], "/admin/classroom/reading/") == 404


def test_teacher_can_start_a_session(client):
    course = factories.course()
    client.force_login(course.teachers.get())
    response = client.post(f"/courses/{course.pk}/sessions/start/", {"topic": "Variance"})
    session = ClassSession.objects.get()
    assert (response.url, session.topic, session.is_running) == (f"/sessions/{session.pk}/live/", "Variance", True)


def test_starting_again_opens_the_running_session(client, session, people):
    record_teacher_activity(session_id=session.pk, now=timezone.now())
    client.force_login(people["teacher"])
    response = client.post(f"/courses/{session.course.pk}/sessions/start/", {"topic": "Other"})
    assert response.url == f"/sessions/{session.pk}/live/"
    assert ClassSession.objects.count() == 1


@pytest.mark.parametrize("topic", ["x" * 201, "अ" * 201])
def test_invalid_topic_is_an_error(client, topic):
    course = factories.course()
    client.force_login(course.teachers.get())
    response = client.post(f"/courses/{course.pk}/sessions/start/", {"topic": topic})
    assert response.status_code == 422
    assert response.context["start_form"].errors["topic"]


@pytest.mark.services  # looks sessions up by their teachers
@pytest.mark.parametrize("who", ["student", "other teacher", "administrator"])
def test_others_cannot_start_or_end_a_session(client, session, people, who):
    client.force_login(people[who])
    assert client.post(f"/courses/{session.course.pk}/sessions/start/", {"topic": "x"}).status_code == 404
    assert client.post(f"/sessions/{session.pk}/end/").status_code == 404
    assert ClassSession.objects.get().is_running


def test_ending_a_session_opens_its_report(client, session, people):
    client.force_login(people["teacher"])
    assert client.post(f"/sessions/{session.pk}/end/").url == f"/sessions/{session.pk}/"
    assert client.get(f"/sessions/{session.pk}/live/").url == f"/sessions/{session.pk}/"


def test_ended_session_redirects_the_student_to_their_report(client, session, people):
    end(session)
    client.force_login(people["student"])
    assert client.get(f"/sessions/{session.pk}/attend/").url == f"/sessions/{session.pk}/mine/"


def test_get_request_cannot_start_or_end_a_session(client, session, people):
    client.force_login(people["teacher"])
    assert client.get(f"/courses/{session.course.pk}/sessions/start/").status_code == 405
    assert client.get(f"/sessions/{session.pk}/end/").status_code == 405


def test_signed_out_teacher_returns_to_the_page_with_the_form(client, session):
    ending = client.post(f"/sessions/{session.pk}/end/")
    starting = client.post(f"/courses/{session.course.pk}/sessions/start/", {"topic": "x"})
    assert ending.url == f"/accounts/login/?next=/sessions/{session.pk}/live/"
    assert starting.url == f"/accounts/login/?next=/courses/{session.course.pk}/"
    assert ClassSession.objects.get().is_running


def test_join_code_enrols_the_student(client):
    course, student = factories.course(), factories.user()
    client.force_login(student)
    assert client.post("/courses/join/", {"join_code": course.join_code}).url == f"/courses/{course.pk}/"
    assert Enrolment.objects.get().student == student


@pytest.mark.services  # counts in the cache
def test_wrong_join_code_says_what_to_do(client):
    client.force_login(factories.user())
    response = client.post("/courses/join/", {"join_code": "WRONG234"})
    assert response.status_code == 422
    assert "Check it with your teacher" in response.content.decode()


def test_join_link_fills_in_its_code(client):
    client.force_login(factories.user())
    assert 'value="STAT2345"' in client.get("/courses/join/?code=STAT2345").content.decode()


def test_code_in_join_link_is_escaped(client):
    client.force_login(factories.user())
    assert "<script>alert" not in client.get('/courses/join/?code="><script>alert(1)</script>').content.decode()


def test_name_with_markup_is_escaped(client, session):
    student = factories.student_of(session.course, "<img src=x onerror=alert(1)> 王芳 🦉")
    factories.attendance(session, student)
    factories.reading(session, student, after_s=5)
    end(session)
    client.force_login(session.course.teachers.get())
    page = client.get(f"/sessions/{session.pk}/").content.decode()
    assert "<img src=x" not in page
    assert "王芳 🦉" in page


def test_student_can_delete_their_readings(client, session, people):
    factories.attendance(session, people["student"])
    factories.reading(session, people["student"], after_s=5)
    client.force_login(people["student"])
    assert "1 reading" in client.post("/readings/erase/", follow=True).content.decode()
    assert Reading.objects.count() == 0


@pytest.mark.parametrize("path", ["/", "/privacy/", "/help/camera/", "/accounts/login/", "/accounts/signup/"])
def test_content_security_policy_forbids_foreign_and_inline_content(client, path):
    response = client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in policy
    page = response.content.decode()
    assert " style=" not in page
    assert " onclick=" not in page


def test_only_the_page_with_the_camera_allows_webassembly(client, session, people):
    client.force_login(people["student"])
    scripts = {}
    for path in ("/", f"/courses/{session.course.pk}/", f"/sessions/{session.pk}/attend/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        (scripts[path],) = (each for each in policy.split("; ") if each.startswith("script-src"))
    *others, attend = scripts.values()
    assert (others, attend) == (["script-src 'self'"] * 2, "script-src 'self' 'wasm-unsafe-eval'")


def test_camera_page_of_a_student_links_to_the_help_page(client, session, people):
    client.force_login(people["student"])
    assert 'href="/help/camera/"' in client.get(f"/sessions/{session.pk}/attend/").content.decode()
    assert "Multi-app camera" in Client().get("/help/camera/").content.decode()


def test_admin_sign_in_uses_the_rate_limited_page(client):
    assert client.get("/admin/login/").url.startswith("/accounts/login/")


@pytest.mark.services  # reads all that hangs on a user
def test_admin_deletion_of_a_user_counts_readings_without_showing_them(client, session, people):
    student = people["student"]
    factories.attendance(session, student)
    factories.reading(session, student, after_s=5, expression="happy")
    client.force_login(people["administrator"])
    path = f"/admin/accounts/user/{student.pk}/delete/"
    page = client.get(path).content.decode()
    assert "happy" not in page
    assert "Readings: 1" in page
    client.post(path, {"post": "yes"})
    assert Reading.objects.count() == 0


def test_admin_deletes_no_course(client, session, people):
    client.force_login(people["administrator"])
    assert status(client, people["administrator"], f"/admin/classroom/course/{session.course.pk}/delete/") == 403


def test_expired_csrf_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/courses/join/", {"join_code": "ABCDEFGH"})
    assert response.status_code == 403
    assert "This page has expired" in response.content.decode()


def test_report_of_class_nobody_joined_has_no_chart(client, session, people):
    end(session)
    client.force_login(people["teacher"])
    assert 'data-part="timeline"' not in client.get(f"/sessions/{session.pk}/").content.decode()
