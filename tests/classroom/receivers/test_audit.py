"""Settings of courses in the audit log, with the old and the new value, whichever page changes them."""

import pytest

from accounts.models import SecurityEvent
from classroom.alert_rules import DEFAULTS
from classroom.domain.alerts.records import save_rules
from classroom.models import Course
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def events(*names: str) -> list[tuple]:
    found = SecurityEvent.objects.filter(event__in=names).order_by("pk")
    return [(each.event, each.subject_id, each.course, each.details) for each in found]


@pytest.fixture
def course():
    return factories.course()


def test_changed_setting_has_its_old_and_its_new_value(course):
    for days in (30, 30, None):
        course.retention_days = days
        course.save()
    changes = [[None, 30], [30, None]]
    assert [details["changes"]["retention_days"] for *_, details in events("course_changed")] == changes


def test_words_of_a_course_are_not_in_the_log(course):
    course.name, course.description = "About Ada", "Her course"
    course.save(update_fields=["name", "description"])
    changes = {"course": course.pk, "changes": {"name": None, "description": None}}
    assert events("course_changed") == [("course_changed", None, course.pk, changes)]


def test_approval_has_its_own_event(course):
    course.approves_joins = True
    course.save()
    details = {"course": course.pk, "approves_joins": True}
    assert events("join_approval_changed", "course_changed") == [("join_approval_changed", None, course.pk, details)]


def test_teachers_come_and_go(course):
    first, second = course.teachers.get(), factories.teacher()
    course.teachers.add(second)
    first.courses_taught.remove(course)
    course.teachers.clear()
    details = {"course": course.pk}
    assert events("teacher_added", "teacher_removed")[1:] == [
        ("teacher_added", second.pk, course.pk, details),
        ("teacher_removed", first.pk, course.pk, details),
        ("teacher_removed", second.pk, course.pk, details),
    ]


def test_assistants_come_and_go(course):
    ada, ben = factories.user(), factories.user()
    course.assistants.add(ada)
    ben.courses_assisted.add(course)
    ada.courses_assisted.clear()
    course.assistants.clear()
    details = {"course": course.pk}
    assert events("assistant_added", "assistant_removed") == [
        ("assistant_added", ada.pk, course.pk, details),
        ("assistant_added", ben.pk, course.pk, details),
        ("assistant_removed", ada.pk, course.pk, details),
        ("assistant_removed", ben.pk, course.pk, details),
    ]


def test_alert_rule_is_recorded_when_it_changes(course):
    rule = DEFAULTS["student_away"]
    for hold_s in (rule.hold_s, rule.hold_s, 77):
        save_rules(course=course, rules=[type(rule)(**vars(rule) | {"hold_s": hold_s})])
    course.alert_rules.all().delete()
    assert [details["changes"] for *_, details in events("alerts_changed")] == [
        {},
        {"hold_s": [rule.hold_s, 77]},
        {},
    ]


def test_deleting_a_course_says_nothing_of_its_rules(course):
    save_rules(course=course, rules=[DEFAULTS["student_away"]])
    course.delete()
    assert len(events("alerts_changed")) == 1
    assert not Course.objects.exists()
