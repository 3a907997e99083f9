"""Consent for each course: given, withdrawn, in force; and what a class was asked."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import ConsentText
from classroom.domain.consent.consents import (
    class_consent,
    consent_in_class,
    consents_by_course,
    grant_consent,
    lacks_guardian,
    students_who_agreed,
    withdraw_consent,
)
from classroom.infra import events
from classroom.models import ClassSession, Course, CourseConsent, Enrolment, GuardianConsent
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return factories.user()


def agree(student, course: Course | None = None, *, version: int = 1, now: datetime = NOW) -> CourseConsent:
    """Agree in the course, or in Latin."""
    course = course or Course.objects.get_or_create(name="Latin", defaults={"mode": "camera"})[0]
    return grant_consent(student=student, course=course, version=version, now=now)


def holding(student, *, in_class_since: datetime | None = None) -> CourseConsent | None:
    """The student's consent in Latin that is in force now, or in a class."""
    if in_class_since is None:
        return CourseConsent.objects.in_force().filter(student=student, course__name="Latin").first()
    course = Course.objects.get(name="Latin")
    return consent_in_class(student, session=ClassSession(course=course, started_at=in_class_since))


def test_new_student_has_not_consented(student):
    assert holding(student) is None


def test_granting_consent_records_version_and_time(student):
    consent = agree(student, version=1, now=NOW)
    assert (consent.text.version, consent.granted_at, consent.withdrawn_at) == (1, NOW, None)
    assert holding(student) == consent


def test_granting_consent_twice_keeps_one_record(student):
    first = agree(student, version=1, now=NOW)
    assert agree(student, version=1, now=NOW + timedelta(minutes=1)) == first
    assert CourseConsent.objects.count() == 1


def test_consent_to_outdated_text_is_refused(student):
    ConsentText.objects.create(version=2, body="New words.")
    with pytest.raises(ConsentText.DoesNotExist):
        agree(student, version=1, now=NOW)
    assert not CourseConsent.objects.exists()


def test_new_text_ends_older_consents(student):
    agree(student, version=1, now=NOW)
    ConsentText.objects.create(version=2, body="New words.")
    assert holding(student) is None


def text(version: int = 2, *, days: int = 0) -> ConsentText:
    """A text that applies this many days from now."""
    return ConsentText.objects.create(
        version=version, body=f"Words {version}.", applies_from=timezone.now() + timedelta(days=days)
    )


def test_text_with_a_date_replaces_the_current_one_only_then(student):
    agree(student, version=1, now=NOW)
    coming = text(days=3)
    assert (ConsentText.objects.current().version, ConsentText.objects.upcoming()) == (1, coming)
    assert holding(student).text.version == 1
    ConsentText.objects.filter(version=2).update(applies_from=timezone.now())
    assert (ConsentText.objects.current(), ConsentText.objects.upcoming()) == (coming, None)
    assert holding(student) is None


def test_agreeing_to_a_coming_text_counts_from_its_date(student):
    text(days=3)
    agree(student, version=2, now=NOW)
    assert holding(student) is None
    ConsentText.objects.filter(version=2).update(applies_from=timezone.now())
    assert holding(student).text.version == 2


def test_newer_text_that_applies_now_supersedes_a_coming_one():
    text(2, days=3)
    text(3)
    assert (ConsentText.objects.current().version, ConsentText.objects.upcoming()) == (3, None)


def test_running_class_goes_on_under_the_text_of_its_start(student):
    agree(student, version=1, now=NOW)
    began = timezone.now()
    text()
    assert holding(student, in_class_since=began).text.version == 1
    assert holding(student, in_class_since=timezone.now()) is None
    assert ConsentText.objects.asked_in_class(began).version == 1
    assert ConsentText.objects.asked_in_class(timezone.now()).version == 2


def test_agreeing_to_the_newer_text_counts_in_a_class_under_the_older_one(student):
    began = timezone.now()
    text()
    agree(student, version=2, now=timezone.now())
    assert holding(student, in_class_since=began).text.version == 2


def test_agreeing_to_a_coming_text_does_not_count_in_a_class_before_its_date(student):
    text(days=3)
    agree(student, version=2, now=NOW)
    assert holding(student, in_class_since=timezone.now()) is None


def test_withdrawing_counts_in_a_running_class(student):
    agree(student, version=1, now=NOW)
    began = timezone.now()
    text()
    withdraw_consent(student=student, now=timezone.now())
    assert holding(student, in_class_since=began) is None


def test_only_active_people_who_agree_to_the_current_text_are_asked_again(student):
    agree(student)
    agree(student, factories.course())
    for user in (factories.user(), factories.user(is_active=False)):
        agree(user)
    withdrawn = factories.user()
    agree(withdrawn)
    withdraw_consent(student=withdrawn, now=NOW)
    assert students_who_agreed(student.organisation_id) == 2


def test_withdrawn_consent_stays_on_record(student):
    agree(student, version=1, now=NOW)
    assert withdraw_consent(student=student, now=NOW + timedelta(days=1)) == 1
    assert holding(student) is None
    assert CourseConsent.objects.get().withdrawn_at == NOW + timedelta(days=1)


def test_withdrawing_without_consent_changes_nothing(student):
    assert withdraw_consent(student=student, now=NOW) == 0


def test_consenting_again_adds_a_record(student):
    agree(student, version=1, now=NOW)
    withdraw_consent(student=student, now=NOW)
    agree(student, version=1, now=NOW + timedelta(hours=1))
    assert CourseConsent.objects.filter(student=student).count() == 2
    assert holding(student).granted_at == NOW + timedelta(hours=1)


def test_consent_applies_only_to_its_student_and_course(student):
    agree(student, factories.course())
    assert holding(student) is None
    agree(student)
    assert holding(student).course == Course.objects.get(name="Latin")
    assert holding(factories.user()) is None


def test_withdrawing_in_one_course_leaves_the_others(student):
    greek = factories.course(name="Greek")
    agree(student)
    agree(student, greek)
    assert withdraw_consent(student=student, course=greek, now=NOW) == 1
    assert [each.course.name for each in CourseConsent.objects.in_force()] == ["Latin"]
    assert withdraw_consent(student=student, now=NOW) == 1
    assert not CourseConsent.objects.in_force().exists()


def test_sockets_learn_which_course_changed_after_commit(student, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(events, "publish", lambda group, message: sent.append((group, message["course"])))
    with django_capture_on_commit_callbacks(execute=True):
        course = agree(student).course
        withdraw_consent(student=student, now=NOW)
        assert sent == []
    assert sent == [(events.user_group(student.pk), course.pk)] * 2


def test_database_refuses_two_consents_in_force(student):
    consent = agree(student)
    with pytest.raises(IntegrityError):
        CourseConsent.objects.create(student=student, course=consent.course, text=consent.text, granted_at=NOW)


def test_courses_are_listed_with_what_the_student_decided(student, django_assert_num_queries):
    names = ("Agreed", "Left", "Lapsed", "No camera", "Undecided")
    courses = {name: factories.course(name=name) for name in names}
    for name in ("Left", "Lapsed"):
        agree(student, courses[name])
    ConsentText.objects.create(version=2, body="New words.")
    for name in ("Agreed", "Left"):
        agree(student, courses[name], version=2)
    for name in ("Agreed", "Lapsed", "No camera", "Undecided"):
        Enrolment.objects.create(course=courses[name], student=student)
    Course.objects.filter(name="No camera").update(mode="answers")
    with django_assert_num_queries(4):
        rows = consents_by_course(student)
    assert [(row.course.name, row.consent is not None, row.has_agreed, row.has_lapsed) for row in rows] == [
        ("Agreed", True, True, False),
        ("Lapsed", False, True, True),
        ("Left", True, True, False),
        ("Undecided", False, False, False),
    ]


def test_agreement_to_a_text_that_does_not_apply_yet_waits_for_that_text_and_no_guardian(student):
    ConsentText.objects.create(version=2, body="New words.", applies_from=timezone.now() + timedelta(days=3))
    later, both = factories.course(name="Later"), factories.course(name="Both")
    for course, version in ((later, 2), (both, 1), (both, 2)):
        agree(student, course, version=version)
    assert [(row.consent is not None, row.is_for_later, row.has_lapsed) for row in consents_by_course(student)] == [
        (True, False, False),
        (False, True, False),
    ]
    assert not any(row.is_waiting_for_guardian for row in consents_by_course(student))


# --- guardians


@pytest.fixture
def _asks_guardians(settings):
    settings.GUARDIAN_CONSENT_REQUIRED = True


@pytest.mark.usefixtures("_asks_guardians")
@pytest.mark.parametrize("for_all", [True, False])
def test_students_consent_counts_only_with_a_guardians_where_the_school_asks(student, for_all):
    course = agree(student).course
    assert (holding(student), holding(student, in_class_since=NOW), lacks_guardian(student, course=course)) == (
        None,
        None,
        True,
    )
    factories.guardian_consent(student, course=None if for_all else course)
    assert (holding(student).course, lacks_guardian(student, course=course)) == (course, False)
    GuardianConsent.objects.update(withdrawn_at=NOW)
    assert (holding(student), lacks_guardian(student, course=course)) == (None, True)


@pytest.mark.usefixtures("_asks_guardians")
def test_guardians_consent_for_another_course_or_student_does_not_count(student):
    agree(student)
    factories.guardian_consent(student, course=factories.course())
    factories.guardian_consent(factories.user())
    assert holding(student) is None
    [row] = [row for row in consents_by_course(student) if row.course.name == "Latin"]
    assert (row.is_waiting_for_guardian, row.has_lapsed) == (True, False)


@pytest.mark.usefixtures("_asks_guardians")
def test_guardians_consent_alone_does_not_suffice(student):
    factories.guardian_consent(student)
    assert holding(student) is None


# --- what a class was asked


@pytest.fixture
def session():
    return factories.session(started_at=timezone.now())


def test_empty_course_was_asked_nothing(session):
    assert class_consent(session=session) == {"version": 1, "asked": 0, "agreed": 0}


def test_students_of_the_course_who_agree_are_counted(session):
    factories.student_of(session.course)
    factories.student_of(session.course, consents=False)
    withdraw_consent(student=factories.student_of(session.course), now=timezone.now())
    factories.consent(factories.user(), session.course)
    factories.consent(factories.student_of(session.course, consents=False), factories.course())
    assert class_consent(session=session) == {"version": 1, "asked": 4, "agreed": 1}


def test_running_class_keeps_its_text_and_counts_those_who_agreed_to_either(session):
    both, old, new = (factories.student_of(session.course, consents=False) for _ in range(3))
    for student in (both, old):
        factories.consent(student, session.course)
    ConsentText.objects.create(version=2, body="New words.")
    for student in (both, new):
        agree(student, session.course, version=2)
    assert class_consent(session=session) == {"version": 1, "asked": 3, "agreed": 3}
    later = factories.session(factories.course(), started_at=timezone.now() + timedelta(seconds=1))
    assert class_consent(session=later)["version"] == 2


@pytest.mark.parametrize("students", [1, 3])
def test_figures_take_three_queries(session, students, django_assert_num_queries):
    for _ in range(students):
        factories.student_of(session.course)
    with django_assert_num_queries(3):
        class_consent(session=session)
