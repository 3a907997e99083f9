"""Consent to anonymous readings, and to readings next to one's name."""

import pytest

from classroom.domain.consent.consents import (
    class_consent,
    consent_in_class,
    consents_by_course,
    grant_consent,
    withdraw_consent,
)
from classroom.domain.readings.record import Dropped, find_readable
from classroom.models import ClassSession, Course, CourseConsent
from classroom.snapshots import SnapshotRef
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return factories.course(mode="anonymous")


@pytest.fixture
def student(course):
    return factories.student_of(course, consents=False)


def session_of(course, *, is_anonymous: bool) -> ClassSession:
    course.sessions.update(ended_at=NOW)
    return ClassSession.objects.create(course=course, topic="Vowels", started_at=NOW, is_anonymous=is_anonymous)


@pytest.mark.parametrize("given_anonymously", [True, False])
@pytest.mark.parametrize("is_anonymous", [True, False])
def test_anonymous_consent_holds_in_anonymous_classes_only(course, student, given_anonymously, is_anonymous):
    grant_consent(student=student, course=course, version=1, now=NOW, is_anonymous=given_anonymously)
    session = session_of(course, is_anonymous=is_anonymous)
    Course.objects.update(mode="anonymous" if is_anonymous else "camera")
    factories.attendance(session, student)
    may_be_read = is_anonymous or not given_anonymously
    assert (consent_in_class(student, session=session) is not None) == may_be_read
    ref = SnapshotRef(session.pk, student.pk, seq=1, captured_at=NOW, received_at=NOW)
    assert (find_readable([ref]) != [Dropped("no_consent")]) == may_be_read


def test_course_that_shows_names_asks_those_again_who_agreed_anonymously(client, course, student):
    client.force_login(student)
    url = f"/courses/{course.pk}/consent/"
    page = client.get(url).text
    assert ("This course is anonymous" in page, 'name="anonymous" value="yes"' in page) == (True, True)
    client.post(f"{url}grant/", {"agree": "on", "version": "1", "anonymous": "yes"})
    assert consents_by_course(student)[0].consent == CourseConsent.objects.get(is_anonymous=True)
    Course.objects.update(mode="camera")
    assert (consents_by_course(student)[0].consent, consents_by_course(student)[0].is_anonymous_only) == (None, True)
    assert not consents_by_course(student)[0].is_waiting_for_guardian
    assert "You agreed to anonymous reading only" in client.get("/consent/").text
    page = client.get(url).text
    assert ("You agreed while this course was anonymous" in page, "I agree" in page) == (True, True)
    client.post(f"{url}grant/", {"agree": "on", "version": "1"})
    assert consents_by_course(student)[0].consent == CourseConsent.objects.get(is_anonymous=False)


def test_consent_is_recorded_as_the_student_read_it_even_if_the_course_has_changed_since(client, course, student):
    Course.objects.update(mode="camera")
    client.force_login(student)
    client.post(f"/courses/{course.pk}/consent/grant/", {"agree": "on", "version": "1", "anonymous": "yes"})
    assert CourseConsent.objects.get().is_anonymous
    assert consents_by_course(student)[0].consent is None


def test_consent_by_name_need_not_be_given_again_in_an_anonymous_course(client, course, student):
    grant_consent(student=student, course=course, version=1, now=NOW)
    client.force_login(student)
    assert "I agree" not in client.get(f"/courses/{course.pk}/consent/").text


def test_withdrawing_ends_both_kinds(course, student):
    for is_anonymous in (True, False):
        grant_consent(student=student, course=course, version=1, now=NOW, is_anonymous=is_anonymous)
    assert withdraw_consent(student=student, course=course, now=NOW) == 1
    assert not student.consents.filter(withdrawn_at=None).exists()


def test_number_of_those_who_agree_is_not_told_in_an_anonymous_class(course, student):
    grant_consent(student=student, course=course, version=1, now=NOW, is_anonymous=True)
    session = session_of(course, is_anonymous=True)
    assert class_consent(session=session) == {"version": 1, "asked": 1, "agreed": None}
