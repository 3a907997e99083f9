"""The page where a teacher sets when alerts fire."""

from datetime import timedelta

import pytest

from classroom.alert_rules import DEFAULTS, STUDENT_NEGATIVE
from classroom.domain.alerts.records import rules_for
from classroom.models import AlertRule, Reading
from tests import factories
from tests.factories import NOW, shares

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course(name="Statistics")


@pytest.fixture
def as_teacher(client, course):
    client.force_login(course.teachers.get())
    return client


def url_of(course) -> str:
    return f"/courses/{course.pk}/alerts/"


def sent(**changes) -> dict[str, object]:
    """The form as the page shows it, with changes such as student_negative__enter=50."""
    data: dict[str, object] = {}
    for kind, rule in DEFAULTS.items():
        data |= {
            f"{kind}-enter": round(rule.enter * 100),
            f"{kind}-leave": round(rule.leave * 100),
            f"{kind}-hold_s": rule.hold_s,
            f"{kind}-recover_s": rule.recover_s,
            f"{kind}-cooldown_s": rule.cooldown_s,
            f"{kind}-enabled": "on",
        }
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


def sad_session(course):
    session = factories.session(course, ended_at=NOW + timedelta(seconds=60))
    ada = factories.student_of(course, "Ada")
    factories.attendance(session, ada, left_at=NOW + timedelta(seconds=60))
    for second in range(1, 60, 2):
        at = NOW + timedelta(seconds=second)
        face = {"faces": 1, "expression": "sad", **shares("sad", 0.9)}
        Reading.objects.create(
            session=session, student=ada, seq=second, captured_at=at, received_at=at, model="test", **face
        )
    return session


@pytest.mark.parametrize("who", ["student", "other teacher", "administrator"])
def test_the_settings_are_the_teacher_s(client, course, who):
    people = {
        "student": lambda: factories.student_of(course),
        "other teacher": factories.teacher,
        "administrator": lambda: factories.user("administrator"),
    }
    client.force_login(people[who]())
    assert client.get(url_of(course)).status_code == 404
    assert client.post(url_of(course), sent()).status_code == 404


def test_a_visitor_signs_in_first(client, course):
    response = client.get(url_of(course))
    assert response["Location"] == f"/accounts/login/?next={url_of(course)}"


def test_the_course_page_leads_here(as_teacher, course):
    assert url_of(course) in as_teacher.get(f"/courses/{course.pk}/").content.decode()


def test_the_page_shows_the_rules_in_force(as_teacher, course):
    AlertRule.objects.create(
        course=course, kind="student_negative", enter=0.77, leave=0.4, hold_s=30, recover_s=20, cooldown_s=180
    )
    [form, *_] = as_teacher.get(url_of(course)).context["rule_forms"]
    assert (form.kind, form["enter"].value()) == ("student_negative", 77)


def test_saving_changes_the_rules(as_teacher, course):
    response = as_teacher.post(url_of(course), sent(student_negative__enter=77, student_away__hold_s=90))
    assert response["Location"] == url_of(course)
    rules = rules_for(course)
    assert (rules["student_negative"].enter, rules["student_away"].hold_s) == (0.77, 90)


def test_saving_twice_keeps_one_rule_a_kind(as_teacher, course):
    for enter in (70, 80):
        as_teacher.post(url_of(course), sent(student_negative__enter=enter))
    assert AlertRule.objects.count() == 4
    assert rules_for(course)[STUDENT_NEGATIVE].enter == 0.8


def test_a_box_left_empty_switches_the_rule_off(as_teacher, course):
    data = sent()
    del data["presence_low-enabled"]
    as_teacher.post(url_of(course), data)
    assert [kind for kind, rule in rules_for(course).items() if not rule.enabled] == ["presence_low"]


@pytest.mark.parametrize(
    "bad",
    [
        {"student_negative__leave": 60},
        {"student_negative__leave": 99},
        {"student_negative__enter": 101},
        {"student_negative__enter": ""},
        {"student_negative__enter": "many"},
        {"student_negative__leave": 0},
        {"student_negative__hold_s": 9},
        {"student_negative__recover_s": -1},
        {"student_negative__cooldown_s": 100_000},
    ],
)
def test_senseless_settings_are_refused(as_teacher, course, bad):
    response = as_teacher.post(url_of(course), sent(**bad))
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert not AlertRule.objects.exists()


def test_a_preview_counts_and_saves_nothing(as_teacher, course):
    session = sad_session(course)
    response = as_teacher.post(url_of(course), sent(preview="1", session=session.pk))
    text = response.content.decode()
    assert response.status_code == 200
    assert "With these settings, “Means” would have had 1 alert." in text
    assert "<strong>Ada</strong>" in text
    assert not AlertRule.objects.exists()


def test_a_preview_follows_the_settings_sent(as_teacher, course):
    session = sad_session(course)
    response = as_teacher.post(url_of(course), sent(preview="1", session=session.pk, student_negative__enter=99))
    assert response.context["preview"]["count"] == 0
    assert 'value="99"' in response.content.decode()


def test_a_preview_of_another_course_s_session_is_refused(as_teacher, course):
    other = sad_session(factories.course())
    sad_session(course)
    assert as_teacher.post(url_of(course), sent(preview="1", session=other.pk)).status_code == 422


def test_without_a_session_no_preview_is_offered(as_teacher, course):
    assert 'name="preview"' not in as_teacher.get(url_of(course)).content.decode()


def test_a_name_is_text_not_markup(as_teacher, course):
    session = sad_session(course)
    session.topic = "<script>alert(1)</script>"
    session.save()
    text = as_teacher.post(url_of(course), sent(preview="1", session=session.pk)).content.decode()
    assert "<script>alert" not in text


@pytest.mark.parametrize("sessions", [1, 3])
def test_the_page_takes_the_same_queries_however_many_sessions(as_teacher, course, sessions, django_assert_num_queries):
    for _ in range(sessions):
        factories.session(course, ended_at=NOW)
    with django_assert_num_queries(6):
        as_teacher.get(url_of(course))
