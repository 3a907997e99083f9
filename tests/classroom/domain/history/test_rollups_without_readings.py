"""Classes whose readings are deleted: their roll-ups are all that is left of them."""

from datetime import timedelta

import pytest

from classroom.domain.history.rollups import roll_up_unfinished
from classroom.domain.history.summaries import student_summaries
from classroom.domain.history.timeline import class_timeline
from classroom.domain.readings.record import erase_readings
from classroom.models import ClassWindow, StudentMinute
from tests import factories
from tests.classroom.domain.history.session_shapes import add_students, end, later
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR_LATER = NOW + timedelta(hours=1)


@pytest.fixture
def session():
    return factories.session()


@pytest.mark.parametrize("erases_account", [False, True])
def test_erasing_a_student_leaves_a_class_without_readings_to_the_others(session, erases_account):
    students = add_students(session)
    end(session)
    session.readings.all().delete()
    before = {summary.id: summary for summary in student_summaries(session=session, now=HOUR_LATER)}
    timeline = class_timeline(session=session, until=HOUR_LATER)
    pk = students[0].pk
    if erases_account:
        students[0].delete()
    else:
        erase_readings(student=students[0], now=HOUR_LATER)
    roll_up_unfinished(now=HOUR_LATER)
    session.refresh_from_db()
    after = {summary.id: summary for summary in student_summaries(session=session, now=HOUR_LATER)}
    assert not StudentMinute.objects.filter(student=pk).exists()
    assert [after[each.pk] for each in students[1:]] == [before[each.pk] for each in students[1:]]
    assert class_timeline(session=session, until=HOUR_LATER) == timeline


def test_erasing_the_only_student_of_a_class_without_readings_leaves_nothing(session):
    [student] = add_students(session, count=1)
    end(session)
    session.readings.all().delete()
    erase_readings(student=student, now=HOUR_LATER)
    roll_up_unfinished(now=HOUR_LATER)
    assert not StudentMinute.objects.exists()
    assert not ClassWindow.objects.filter(seen__gt=0).exists()


@pytest.mark.parametrize("rolled_up_after_s", [None, 605])
def test_roll_up_keeps_figures_whose_readings_are_deleted(session, rolled_up_after_s):
    add_students(session)
    end(session)
    session.readings.all().delete()
    figures = list(StudentMinute.objects.order_by("pk").values()), list(ClassWindow.objects.order_by("pk").values())
    session.rolled_up_until = rolled_up_after_s and later(rolled_up_after_s)
    session.save()
    assert roll_up_unfinished(now=HOUR_LATER) == 0
    session.refresh_from_db()
    assert session.rolled_up_until == HOUR_LATER
    stored = list(StudentMinute.objects.order_by("pk").values()), list(ClassWindow.objects.order_by("pk").values())
    assert stored == figures
