"""Consent to be read: how each student gives and withdraws it for each course, and what a class was asked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypedDict

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import ConsentText, OrganisationId, User
from accounts.security_log.events import Event, record
from classroom.infra import events
from classroom.models import ClassSession, Course, CourseConsent, GuardianConsent


@dataclass(frozen=True)
class ConsentInCourse:
    """The student's decision for the course. Without a `consent` in force, they have not agreed, have agreed only to an
    older text, to one that does not apply yet or to anonymous readings, or lack a guardian's consent."""

    course: Course
    consent: CourseConsent | None
    has_agreed: bool
    has_lapsed: bool
    is_for_later: bool
    is_anonymous_only: bool

    @property
    def is_waiting_for_guardian(self) -> bool:
        does_not_count = self.has_lapsed or self.is_for_later or self.is_anonymous_only
        return self.has_agreed and not does_not_count and self.consent is None


class ClassConsent(TypedDict):
    """The version of the class's consent text; of the `asked` students of the course, `agreed` agree to be read. In an
    anonymous class that is None: the number would change with one student's decision."""

    version: int
    asked: int
    agreed: int | None


def consent_in_class(student: User, *, session: ClassSession) -> CourseConsent | None:
    """Return the consent that lets the student be read in the class, or None: then no snapshot of them is analysed.

    A text that took effect after the class started does not affect it.
    """
    consents = CourseConsent.objects.in_force_in_class(session.started_at, is_anonymous=session.is_anonymous)
    return consents.filter(student=student, course=session.course_id).select_related("text").first()


def consents_by_course(student: User) -> list[ConsentInCourse]:
    """Return the courses in which the student may agree to be read, and those in which they have."""
    asks = Q(Exists(student.enrolments.filter(course=OuterRef("pk"))), pk__in=Course.objects.with_camera())
    agreed = Exists(CourseConsent.objects.filter(student=student, withdrawn_at=None, course=OuterRef("pk")))
    courses = list(Course.objects.filter(asks | agreed))
    mine = CourseConsent.objects.filter(student=student, withdrawn_at=None)
    in_force = {each.course_id: each for each in mine.in_force()}
    current = ConsentText.objects.in_organisation(student.organisation_id).current().version
    versions: dict[int | None, set[int]] = defaultdict(set)
    versions_by_name: dict[int | None, set[int]] = defaultdict(set)
    for course_id, version, is_anonymous in mine.values_list("course", "text__version", "is_anonymous"):
        versions[course_id].add(version)
        if not is_anonymous:
            versions_by_name[course_id].add(version)
    rows = []
    for course in courses:
        counting = (versions if course.is_anonymous else versions_by_name)[course.pk]
        rows.append(
            ConsentInCourse(
                course=course,
                consent=in_force.get(course.pk),
                has_agreed=bool(versions[course.pk]),
                has_lapsed=bool(counting) and max(counting) < current,
                is_for_later=bool(counting) and max(counting) > current and current not in counting,
                is_anonymous_only=bool(versions[course.pk]) and not counting,
            )
        )
    return rows


def lacks_guardian(student: User, *, course: Course) -> bool:
    """Return whether the school asks for a guardian's consent in the course and has none."""
    if not settings.GUARDIAN_CONSENT_REQUIRED:
        return False
    return not GuardianConsent.objects.in_force().filter(student=student).covering(course).exists()


def has_agreed_for_class(student: User, *, session: ClassSession) -> bool:
    """Return whether the student's own consent counts in the class, whether or not a guardian has agreed."""
    consents = CourseConsent.objects.given_for_class(session.started_at, is_anonymous=session.is_anonymous)
    return consents.filter(student=student, course=session.course_id).exists()


def students_who_agreed(organisation: OrganisationId) -> int:
    """Return how many people a new text of the organisation would have to ask again."""
    consents = CourseConsent.objects.in_force().filter(
        student__is_active=True, student__organisation=organisation, course__isnull=False
    )
    return consents.values("student").distinct().count()


def class_consent(*, session: ClassSession) -> ClassConsent:
    enrolled = session.course.enrolments.values("student")
    agreed = CourseConsent.objects.in_force_in_class(session.started_at, is_anonymous=session.is_anonymous).filter(
        student__in=enrolled, course=session.course_id
    )
    texts = ConsentText.objects.in_organisation(session.course.organisation_id)
    return {
        "version": texts.asked_in_class(session.started_at).version,
        "asked": enrolled.count(),
        "agreed": None if session.is_anonymous else agreed.values("student").distinct().count(),
    }


def grant_consent(
    *, student: User, course: Course, version: int, now: datetime, is_anonymous: bool = False
) -> CourseConsent:
    """Record agreement to the text the student was shown, for the course: to be read by name or, if the page said that
    the course `is_anonymous`, not by name. Idempotent.

    Raises ConsentText.DoesNotExist unless `version` is the current one, or one published to replace it.
    """
    texts = ConsentText.objects.in_organisation(course.organisation_id)
    text = next((each for each in (texts.current(), texts.upcoming()) if each and each.version == version), None)
    if text is None:
        raise ConsentText.DoesNotExist(f"Version {version} is neither the current text nor its successor.")
    try:
        with transaction.atomic():
            consent = CourseConsent.objects.create(
                student=student, course=course, text=text, granted_at=now, is_anonymous=is_anonymous
            )
            _announce(Event.CONSENT_GRANTED, student, course.pk)
    except IntegrityError:
        return CourseConsent.objects.get(
            student=student, course=course, text=text, withdrawn_at=None, is_anonymous=is_anonymous
        )
    return consent


def withdraw_consent(*, student: User, now: datetime, course: Course | None = None) -> int:
    """Withdraw every consent of the student for the course, or for all courses. In a running class, cameras stop at
    once. Return how many courses had one."""
    standing = CourseConsent.objects.filter(student=student, withdrawn_at=None)
    standing = standing.filter(course=course) if course else standing
    with transaction.atomic():
        courses = set(standing.values_list("course", flat=True))
        standing.update(withdrawn_at=now)
        for course_id in courses:
            _announce(Event.CONSENT_WITHDRAWN, student, course_id)
    return len(courses)


def _announce(event: Event, student: User, course_id: int | None) -> None:
    record(event, subject=student, course=course_id)
    transaction.on_commit(partial(events.publish_consent_changed, student.pk, course_id))
