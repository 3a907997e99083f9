from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from classroom.domain.history.rollups import roll_up
from classroom.domain.people.deletion import (
    HeldData,
    StillNeeded,
    delete_account,
    held_data,
    show_new_name,
    why_still_needed,
)
from classroom.infra import events
from classroom.models import ClassWindow, Reading
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_held_data_counts_the_user_alone():
    session = factories.session()
    ada, ben = (factories.student_of(session.course) for _ in range(2))
    for each in (ada, ben):
        factories.attendance(session, each)
        factories.reading(session, each, after_s=1)
    factories.reading(session, ada, after_s=2)
    assert held_data(ada) == HeldData(courses=1, classes=1, readings=2, responses=0, alerts=0, consents=1)


def test_new_name_reloads_dashboards_of_running_classes_alone(monkeypatch):
    running, ended = factories.session(), factories.session(ended_at=NOW + timedelta(hours=1))
    student = factories.student_of(running.course)
    ended.course.enrolments.create(student=student)
    reloaded = []
    monkeypatch.setattr(events, "publish_class_changed", reloaded.append)
    show_new_name(student)
    assert reloaded == [running.pk]


def test_figures_of_a_class_are_computed_again_without_a_deleted_student():
    session = factories.session(ended_at=NOW + timedelta(minutes=5))
    ada, ben = (factories.student_of(session.course) for _ in range(2))
    for each, expression in ((ada, "sad"), (ben, "happy")):
        factories.attendance(session, each, left_at=NOW + timedelta(minutes=5))
        factories.reading(session, each, after_s=1, expression=expression)
    now = NOW + timedelta(hours=1)
    roll_up(session=session, now=now)
    assert ClassWindow.objects.get(at=NOW).seen == 2
    delete_account(ada, now=now)
    session.refresh_from_db()
    roll_up(session=session, now=now)
    assert ClassWindow.objects.get(at=NOW).seen == 1


@pytest.mark.parametrize("readings", [0, 1, 3, 4])
def test_readings_are_deleted_in_parts_and_all_of_them(monkeypatch, readings):
    monkeypatch.setattr("classroom.domain.readings.record.DELETE_BATCH_SIZE", 2)
    session = factories.session()
    student, other = (factories.student_of(session.course) for _ in range(2))
    for each in (student, other):
        factories.attendance(session, each)
        for second in range(readings):
            factories.reading(session, each, after_s=second)
    delete_account(student, now=timezone.now())
    assert set(Reading.objects.values_list("student", flat=True)) == ({other.pk} if readings else set())


def test_refusal_names_the_courses_and_deletes_nothing():
    teacher = factories.teacher()
    alone, shared = factories.course(teacher), factories.course(teacher, factories.teacher())
    assert why_still_needed(teacher).courses == [alone]
    with pytest.raises(StillNeeded):
        delete_account(teacher, now=NOW)
    alone.teachers.add(factories.teacher())
    assert why_still_needed(teacher) is None
    delete_account(teacher, now=NOW)
    assert (shared.teachers.count(), User.objects.filter(name=teacher.name).exists()) == (1, False)


def test_deactivated_administrator_does_not_count():
    last = factories.user("administrator")
    factories.user("administrator", is_active=False)
    with pytest.raises(StillNeeded):
        delete_account(last, now=NOW)
    assert User.objects.filter(pk=last.pk).exists()
