from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.consent import (
    consent_changed,
    consent_in_class,
    consent_in_force,
    grant_consent,
    students_who_agreed,
    withdraw_consent,
)
from accounts.models import Consent, ConsentText
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    return factories.user()


@pytest.fixture
def announcements(django_capture_on_commit_callbacks):
    heard = []

    def hear(user, in_force, **_):
        heard.append((user.pk, in_force))

    consent_changed.connect(hear)
    yield heard
    consent_changed.disconnect(hear)


def test_new_student_has_not_consented(student):
    assert consent_in_force(student) is None


def test_granting_consent_records_version_and_time(student):
    consent = grant_consent(user=student, version=1, now=NOW)
    assert (consent.text.version, consent.granted_at, consent.withdrawn_at) == (1, NOW, None)
    assert consent_in_force(student) == consent


def test_granting_consent_twice_keeps_one_record(student):
    first = grant_consent(user=student, version=1, now=NOW)
    assert grant_consent(user=student, version=1, now=NOW + timedelta(minutes=1)) == first
    assert Consent.objects.count() == 1


def test_consent_to_outdated_text_is_refused(student):
    ConsentText.objects.create(version=2, body="New words.")
    with pytest.raises(ConsentText.DoesNotExist):
        grant_consent(user=student, version=1, now=NOW)
    assert not Consent.objects.exists()


def test_new_text_ends_older_consents(student):
    grant_consent(user=student, version=1, now=NOW)
    ConsentText.objects.create(version=2, body="New words.")
    assert consent_in_force(student) is None


def text(version: int = 2, *, days: int = 0) -> ConsentText:
    """A text that applies so many days from now."""
    return ConsentText.objects.create(
        version=version, body=f"Words {version}.", applies_from=timezone.now() + timedelta(days=days)
    )


def test_text_with_a_date_replaces_the_current_one_only_then(student):
    grant_consent(user=student, version=1, now=NOW)
    coming = text(days=3)
    assert (ConsentText.objects.current().version, ConsentText.objects.upcoming()) == (1, coming)
    assert consent_in_force(student).text.version == 1
    ConsentText.objects.filter(version=2).update(applies_from=timezone.now())
    assert (ConsentText.objects.current(), ConsentText.objects.upcoming()) == (coming, None)
    assert consent_in_force(student) is None


def test_agreeing_to_a_coming_text_counts_from_its_date(student):
    text(days=3)
    grant_consent(user=student, version=2, now=NOW)
    assert consent_in_force(student) is None
    ConsentText.objects.filter(version=2).update(applies_from=timezone.now())
    assert consent_in_force(student).text.version == 2


def test_newer_text_that_applies_now_supersedes_a_coming_one():
    text(2, days=3)
    text(3)
    assert (ConsentText.objects.current().version, ConsentText.objects.upcoming()) == (3, None)


def test_running_class_goes_on_under_the_text_of_its_start(student):
    grant_consent(user=student, version=1, now=NOW)
    began = timezone.now()
    text()
    assert consent_in_class(student, started_at=began).text.version == 1
    assert consent_in_class(student, started_at=timezone.now()) is None
    assert ConsentText.objects.asked_in_class(began).version == 1
    assert ConsentText.objects.asked_in_class(timezone.now()).version == 2


def test_agreeing_to_the_newer_text_counts_in_a_class_under_the_older_one(student):
    began = timezone.now()
    text()
    grant_consent(user=student, version=2, now=timezone.now())
    assert consent_in_class(student, started_at=began).text.version == 2


def test_agreeing_to_a_coming_text_does_not_count_in_a_class_before_its_date(student):
    text(days=3)
    grant_consent(user=student, version=2, now=NOW)
    assert consent_in_class(student, started_at=timezone.now()) is None


def test_withdrawing_counts_in_a_running_class(student):
    grant_consent(user=student, version=1, now=NOW)
    began = timezone.now()
    text()
    withdraw_consent(user=student, now=timezone.now())
    assert consent_in_class(student, started_at=began) is None


def test_only_active_people_who_agree_to_the_current_text_are_asked_again(student):
    grant_consent(user=student, version=1, now=NOW)
    for user in (factories.user(), factories.user(is_active=False)):
        grant_consent(user=user, version=1, now=NOW)
    withdrawn = factories.user()
    grant_consent(user=withdrawn, version=1, now=NOW)
    withdraw_consent(user=withdrawn, now=NOW)
    assert students_who_agreed() == 2


def test_withdrawn_consent_stays_on_record(student):
    grant_consent(user=student, version=1, now=NOW)
    assert withdraw_consent(user=student, now=NOW + timedelta(days=1)) is True
    assert consent_in_force(student) is None
    assert Consent.objects.get().withdrawn_at == NOW + timedelta(days=1)


def test_withdrawing_without_consent_changes_nothing(student):
    assert withdraw_consent(user=student, now=NOW) is False


def test_consenting_again_adds_a_record(student):
    grant_consent(user=student, version=1, now=NOW)
    withdraw_consent(user=student, now=NOW)
    grant_consent(user=student, version=1, now=NOW + timedelta(hours=1))
    assert Consent.objects.filter(user=student).count() == 2
    assert consent_in_force(student).granted_at == NOW + timedelta(hours=1)


def test_consent_applies_only_to_its_student(student):
    grant_consent(user=student, version=1, now=NOW)
    assert consent_in_force(factories.user()) is None


def test_consent_changed_is_sent_after_commit(student, announcements, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        grant_consent(user=student, version=1, now=NOW)
        assert announcements == []
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(user=student, now=NOW)
    assert announcements == [(student.pk, True), (student.pk, False)]


def test_database_refuses_two_consents_in_force(student):
    grant_consent(user=student, version=1, now=NOW)
    with pytest.raises(IntegrityError):
        Consent.objects.create(user=student, text=ConsentText.objects.get(), granted_at=NOW)
