"""Guardians' consents, as administrators record them, and their withdrawal."""

from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.infra import events
from classroom.models import Course, GuardianConsent


class AlreadyRecorded(ValueError):
    """The student has a guardian's consent in force for the course, or one for all courses."""


def record_guardian_consent(
    *,
    student: User,
    course: Course | None,
    guardian: str,
    how: str,
    given_on: date,
    administrator: User,
    now: datetime,
) -> GuardianConsent:
    """Record that a guardian agrees, for one course or for all (None). Raises AlreadyRecorded."""
    about = {"guardian": guardian, "how": how, "given_on": given_on, "recorded_by": administrator, "recorded_at": now}
    if course and consent_for_all_courses(student):
        raise AlreadyRecorded
    try:
        with transaction.atomic():
            consent = GuardianConsent.objects.create(student=student, course=course, **about)
            _announce(Event.GUARDIAN_CONSENT_RECORDED, consent)
    except IntegrityError:
        raise AlreadyRecorded from None
    return consent


def consent_for_all_courses(student: User) -> GuardianConsent | None:
    """Return the one in force, if there is one."""
    return GuardianConsent.objects.in_force().filter(student=student, course=None).first()


def withdraw_guardian_consent(*, consent: GuardianConsent, how: str, administrator: User, now: datetime) -> bool:
    """Record that the guardian has withdrawn; who withdraws for all courses withdraws for each of them. If a guardian
    is required, the student's camera stops at once. Return False if that is already recorded."""
    withdrawal = {"withdrawn_at": now, "withdrawn_how": how, "withdrawal_recorded_by": administrator}
    with transaction.atomic():
        if not GuardianConsent.objects.in_force().filter(pk=consent.pk).update(**withdrawal):
            return False
        _announce(Event.GUARDIAN_CONSENT_WITHDRAWN, consent)
        if consent.course_id is None:
            others = GuardianConsent.objects.in_force().filter(student=consent.student_id)
            for other in others.select_related("student"):
                withdraw_guardian_consent(consent=other, how=how, administrator=administrator, now=now)
    return True


def _announce(event: Event, consent: GuardianConsent) -> None:
    record(event, subject=consent.student, course=consent.course_id)
    transaction.on_commit(partial(events.publish_consent_changed, consent.student_id, consent.course_id))
