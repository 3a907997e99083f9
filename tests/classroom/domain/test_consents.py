from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.consent import grant_consent, withdraw_consent
from accounts.models import ConsentText
from classroom.domain.consents import class_consent
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


def test_empty_course_was_asked_nothing(session):
    assert class_consent(session=session) == {"version": 1, "asked": 0, "agreed": 0}


def test_students_of_the_course_who_agree_are_counted(session):
    factories.student_of(session.course)
    factories.student_of(session.course, consents=False)
    withdraw_consent(user=factories.student_of(session.course), now=timezone.now())
    factories.consent(factories.user())
    assert class_consent(session=session) == {"version": 1, "asked": 3, "agreed": 1}


def test_running_class_keeps_its_text_and_counts_those_who_agreed_to_either(session):
    both, old, new = (factories.student_of(session.course, consents=False) for _ in range(3))
    for student in (both, old):
        factories.consent(student)
    ConsentText.objects.create(version=2, body="New words.")
    for student in (both, new):
        grant_consent(user=student, version=2, now=timezone.now())
    assert class_consent(session=session) == {"version": 1, "asked": 3, "agreed": 3}
    later = factories.session(factories.course(), started_at=timezone.now() + timedelta(seconds=1))
    assert class_consent(session=later)["version"] == 2


@pytest.mark.parametrize("students", [1, 3])
def test_figures_take_three_queries(session, students, django_assert_num_queries):
    for _ in range(students):
        factories.student_of(session.course)
    with django_assert_num_queries(3):
        class_consent(session=session)
