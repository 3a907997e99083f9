"""Membership of a course after joining by code: requests to join, removing, blocking, readmitting, leaving.

`students` are ids of users. Those who have nothing to do with the course are ignored.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.domain.courses.listings import staff_of
from classroom.models import ClassSession, Course, Enrolment, JoinRequest, PastEnrolment, Removal


def record_removal(*, course: Course, student: User, now: datetime) -> None:
    """Keep a removed student from coming back with the current join code. Unless they are blocked, a new code or
    enrolling them again lets them in."""
    fields = {"join_code": course.join_code, "removed_at": now}
    Removal.objects.update_or_create(course=course, student=student, defaults=fields)


def record_exits(*, enrolments: Iterable[Enrolment], now: datetime) -> None:
    """Remember enrolments that others end now. Everything that deletes enrolments without signals calls this first,
    unless the course or the student is deleted, too."""
    PastEnrolment.objects.bulk_create(
        PastEnrolment(
            course_id=each.course_id, student_id=each.student_id, joined_at=each.joined_at, left_at=now, removed=True
        )
        for each in enrolments
    )


def obsolete_past_enrolments() -> QuerySet[PastEnrolment]:
    """Those during which no class was held that is still stored."""
    begun = ClassSession.objects.filter(course=OuterRef("course"), started_at__lte=OuterRef("left_at"))
    held = begun.filter(Q(ended_at=None) | Q(ended_at__gte=OuterRef("joined_at")))
    return PastEnrolment.objects.filter(~Exists(held))


def leave_course(*, course: Course, student: User) -> bool:
    """End the enrolment at the student's request: the join code lets them in again. Return False if they were not
    enrolled."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        if not Enrolment.objects.filter(course=course, student=student).delete()[0]:
            return False
        # The receivers have recorded that somebody removed them.
        Removal.objects.filter(course=course, student=student, blocked=False).delete()
        ended = PastEnrolment.objects.filter(course=course, student=student).latest("pk")
        ended.removed = False
        ended.save(update_fields=["removed"])
    return True


def remove_students(*, course: Course, students: Collection[int]) -> list[User]:
    """Remove students from the course and close their open pages. Returns those who were in it."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        removed = list(User.objects.filter(enrolments__course=course, pk__in=students))
        Enrolment.objects.filter(course=course, student__in=removed).delete()  # receivers record the removals
        for student in removed:
            record(Event.STUDENT_REMOVED, subject=student, course=course.pk)
    return removed


def block_students(*, course: Course, students: Collection[int], now: datetime) -> list[User]:
    """Remove students or decline their requests to join, and let no join code bring them back. Returns them."""
    concerned = Q(enrolments__course=course) | Q(join_requests__course=course) | Q(removals__course=course)
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        blocked = list(User.objects.filter(concerned, pk__in=students).distinct())
        for student in blocked:
            block = {"blocked": True}
            new = block | {"join_code": course.join_code, "removed_at": now}
            Removal.objects.update_or_create(course=course, student=student, defaults=block, create_defaults=new)
            record(Event.STUDENT_BLOCKED, subject=student, course=course.pk)
        JoinRequest.objects.filter(course=course, student__in=blocked).delete()
        Enrolment.objects.filter(course=course, student__in=blocked).delete()
    return blocked


def unblock_students(*, course: Course, students: Collection[int]) -> list[User]:
    """Let the join code work again for students who were blocked. Returns them."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        unblocked = list(User.objects.filter(removals__course=course, removals__blocked=True, pk__in=students))
        Removal.objects.filter(course=course, student__in=unblocked).delete()
        for student in unblocked:
            record(Event.STUDENT_UNBLOCKED, subject=student, course=course.pk)
    return unblocked


def readmit_students(*, course: Course, students: Collection[int]) -> list[User]:
    """Enrol removed or blocked students again, except those who are now staff. Returns them."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        readmitted = list(
            User.objects.filter(removals__course=course, pk__in=students).exclude(pk__in=staff_of(course))
        )
        for student in readmitted:
            Enrolment.objects.get_or_create(course=course, student=student)
            record(Event.STUDENT_READMITTED, subject=student, course=course.pk)
        Removal.objects.filter(course=course, student__in=readmitted).delete()  # the receiver keeps blocks
    return readmitted


def approve_requests(*, course: Course, students: Collection[int]) -> list[User]:
    """Enrol students who have asked to join, except those who are blocked or now staff. Returns them."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        blocked = Removal.objects.filter(course=course, blocked=True).values("student")
        asked = User.objects.filter(join_requests__course=course, pk__in=students)
        approved = list(asked.exclude(pk__in=blocked).exclude(pk__in=staff_of(course)))
        for student in approved:
            Enrolment.objects.get_or_create(course=course, student=student)  # a receiver deletes the request
            record(Event.STUDENT_APPROVED, subject=student, course=course.pk)
    return approved


def decline_requests(*, course: Course, students: Collection[int]) -> list[User]:
    """Delete requests to join; the students may ask again. Returns them."""
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        declined = list(User.objects.filter(join_requests__course=course, pk__in=students))
        JoinRequest.objects.filter(course=course, student__in=declined).delete()
    return declined


def withdraw_request(*, course: Course, student: User) -> None:
    with transaction.atomic():
        course = Course.objects.lock(course.pk)
        JoinRequest.objects.filter(course=course, student=student).delete()
