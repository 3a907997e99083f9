from datetime import timedelta

import pytest
from django.db import IntegrityError

from accounts.consent import consent_changed, consent_in_force, grant_consent, withdraw_consent
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
