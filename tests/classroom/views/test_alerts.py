"""The alert settings of a course."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.utils.html import strip_tags

from classroom.alert_rules import DEFAULTS, PRESETS, STUDENT_NEGATIVE
from classroom.domain.alerts.records import rules_for
from classroom.models import AlertRule, Reading
from tests import factories
from tests.factories import NOW, shares

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


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
    """Return the form data as the page shows it, with changes such as student_negative__enter=50, which are numbers of
    the teacher's own."""
    data: dict[str, object] = {"preset": "custom"}
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


@pytest.mark.services
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
        {"preset": "loud"},
        {"preset": ""},
    ],
)
def test_invalid_settings_are_refused(as_teacher, course, bad):
    response = as_teacher.post(url_of(course), sent(**bad))
    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert not AlertRule.objects.exists()


def test_new_course_has_the_normal_preset(as_teacher, course):
    assert as_teacher.get(url_of(course)).context["sensitivity"]["preset"].value() == "normal"


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_saves_its_numbers_whatever_else_was_entered(as_teacher, course, preset):
    as_teacher.post(url_of(course), sent(preset=preset, student_negative__enter=99, student_away__hold_s=""))
    assert rules_for(course) == PRESETS[preset]
    assert as_teacher.get(url_of(course)).context["sensitivity"]["preset"].value() == preset


def test_preset_leaves_alerts_off_that_are_switched_off(as_teacher, course):
    data = sent(preset="quiet")
    del data["presence_low-enabled"]
    as_teacher.post(url_of(course), data)
    assert rules_for(course) == PRESETS["quiet"] | {
        "presence_low": replace(PRESETS["quiet"]["presence_low"], enabled=False)
    }
    assert as_teacher.get(url_of(course)).context["sensitivity"]["preset"].value() == "quiet"


def test_other_numbers_are_the_teachers_own(as_teacher, course):
    as_teacher.post(url_of(course), sent(student_negative__enter=61))
    page = as_teacher.get(url_of(course))
    assert page.context["sensitivity"]["preset"].value() == "custom"


def test_numbers_of_a_preset_are_that_preset(as_teacher, course):
    as_teacher.post(url_of(course), sent())
    assert as_teacher.get(url_of(course)).context["sensitivity"]["preset"].value() == "normal"


def preview(client, course, session, **changes):
    response = client.post(url_of(course), sent(preview="1", session=session.pk, **changes))
    text = " ".join(unescape(strip_tags(response.content.decode())).split())
    return response, text


@pytest.mark.services
def test_preview_shows_alerts_and_saves_nothing(as_teacher, course):
    response, text = preview(as_teacher, course, sad_session(course))
    assert response.status_code == 200
    assert "1 alert in “Means”, as with the saved settings." in text
    assert "Ada: A student’s expressions stay negative" in text
    assert not AlertRule.objects.exists()


def test_preview_compares_the_submitted_settings_with_the_saved_ones(as_teacher, course):
    response, text = preview(as_teacher, course, sad_session(course), student_negative__enter=99)
    assert "0 alerts instead of 1 in “Means”." in text
    assert 'value="99"' in response.content.decode()


def test_preview_counts_the_alerts_of_each_preset(as_teacher, course):
    """A face that is sad for 40 seconds, and a camera that shows none for 50."""
    session = factories.session(course, ended_at=NOW + timedelta(seconds=120))
    for name, expression, seconds in (("Ada", "sad", 40), ("Ben", "", 50)):
        student = factories.student_of(course, name)
        factories.attendance(session, student, left_at=NOW + timedelta(seconds=120))
        for second in range(1, 120, 2):
            factories.reading(session, student, after_s=second, expression=expression if second < seconds else "happy")
    response, text = preview(as_teacher, course, session, preset="sensitive")
    assert response.context["preview"].preset_counts == {"quiet": 0, "normal": 1, "sensitive": 2}
    assert "2 alerts instead of 1 in “Means”. Quiet 0 · Normal 1 · Sensitive 2" in text


def test_preview_counts_a_moment_of_the_class_once(as_teacher, course):
    session = factories.session(course, ended_at=NOW + timedelta(seconds=60))
    for number in range(6):
        student = factories.student_of(course, f"Student {number}")
        factories.attendance(session, student, left_at=NOW + timedelta(seconds=60))
        for second in range(1, 60, 2):
            factories.reading(session, student, after_s=second, expression="sad")
    _, text = preview(as_teacher, course, session)
    assert "1 alert in “Means”, as with the saved settings." in text
    assert "6 more alerts about students are grouped under class alerts." in text


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
