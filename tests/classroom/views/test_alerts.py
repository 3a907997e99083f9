"""The alert settings of a course."""

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
    """Return the form data as the page shows it, with changes such as student_negative__enter=50."""
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
def test_alert_settings_are_closed_to_others(client, course, who):
    people = {
        "student": lambda: factories.student_of(course),
        "other teacher": factories.teacher,
        "administrator": lambda: factories.user("administrator"),
    }
    client.force_login(people[who]())
    assert client.get(url_of(course)).status_code == 404
    assert client.post(url_of(course), sent()).status_code == 404


def test_visitor_must_sign_in(client, course):
    response = client.get(url_of(course))
    assert response["Location"] == f"/accounts/login/?next={url_of(course)}"


def test_course_page_links_to_alert_settings(as_teacher, course):
    assert url_of(course) in as_teacher.get(f"/courses/{course.pk}/").content.decode()


def test_page_shows_the_current_rules(as_teacher, course):
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


def test_saving_twice_keeps_one_rule_per_kind(as_teacher, course):
    for enter in (70, 80):
        as_teacher.post(url_of(course), sent(student_negative__enter=enter))
    assert AlertRule.objects.count() == 4
    assert rules_for(course)[STUDENT_NEGATIVE].enter == 0.8


def test_unticked_box_turns_the_rule_off(as_teacher, course):
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
def test_invalid_settings_are_refused(as_teacher, course, bad):
    response = as_teacher.post(url_of(course), sent(**bad))
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert not AlertRule.objects.exists()


def test_preview_shows_alerts_and_saves_nothing(as_teacher, course):
    session = sad_session(course)
    response = as_teacher.post(url_of(course), sent(preview="1", session=session.pk))
    text = response.content.decode()
    assert response.status_code == 200
    assert "With these settings, “Means” would have had 1 alert." in text
    assert "<strong>Ada</strong>" in text
    assert not AlertRule.objects.exists()


def test_preview_uses_the_submitted_settings(as_teacher, course):
    session = sad_session(course)
    response = as_teacher.post(url_of(course), sent(preview="1", session=session.pk, student_negative__enter=99))
    assert response.context["preview"]["count"] == 0
    assert 'value="99"' in response.content.decode()


def test_preview_of_session_in_another_course_is_refused(as_teacher, course):
    other = sad_session(factories.course())
    sad_session(course)
    assert as_teacher.post(url_of(course), sent(preview="1", session=other.pk)).status_code == 422


def test_course_without_sessions_offers_no_preview(as_teacher, course):
    assert 'name="preview"' not in as_teacher.get(url_of(course)).content.decode()


def test_topic_with_markup_is_escaped(as_teacher, course):
    session = sad_session(course)
    session.topic = "<script>alert(1)</script>"
    session.save()
    text = as_teacher.post(url_of(course), sent(preview="1", session=session.pk)).content.decode()
    assert "<script>alert" not in text


@pytest.mark.parametrize("sessions", [1, 3])
def test_query_count_is_independent_of_sessions(as_teacher, course, sessions, django_assert_num_queries):
    for _ in range(sessions):
        factories.session(course, ended_at=NOW)
    with django_assert_num_queries(6):
        as_teacher.get(url_of(course))
