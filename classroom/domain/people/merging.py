"""Merges two accounts of one person: everything from the merged account moves to the kept one, then it is deleted.

If both accounts have a row that may exist only once, such as an enrolment in one course, the kept account's stays.
docs/adr/0028 has the reasons.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Greatest

from accounts.email.sending import send_or_log
from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.domain.courses.membership import record_exits
from classroom.domain.history.rollups import move_rollups
from classroom.domain.people.deletion import delete_account, why_still_needed
from classroom.domain.people.moving_rows import delete_rows, move_rows
from classroom.domain.permissions import may_change_account
from classroom.infra import events
from classroom.infra.pending_store import pending_store
from classroom.models import (
    AssistantInvitation,
    Attendance,
    Course,
    CourseConsent,
    Enrolment,
    JoinRequest,
    Reading,
    Removal,
    Stay,
)

ROLES: list[str] = [User.Role.STUDENT, User.Role.TEACHER, User.Role.ADMINISTRATOR]


class MergeRefused(PermissionError):
    """The accounts cannot be merged; `reason` is one of the constants below."""

    SAME = "same"
    OWN = "own"
    ADMINISTRATOR = "administrator"
    INACTIVE = "inactive"
    TEACHES = "teaches"
    IN_CLASS = "in_class"
    PENDING = "pending"
    ELSEWHERE = "elsewhere"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class MergePreview:
    """The effect of a merger. Both accounts are in the `shared_courses` and attended the `shared_classes`. Readings of
    anonymous classes are not counted."""

    courses: int
    shared_courses: int
    classes: int
    shared_classes: int
    readings: int
    answers: int
    consents: int
    alerts: int
    courses_taught: int
    blocked_in: list[Course]
    role: str
    school_id: str


def preview_merge(*, kept: User, merged: User, by: User) -> MergePreview:
    """Raises MergeRefused."""
    _require_mergeable(kept, merged, by)
    return MergePreview(
        courses=merged.enrolments.count(),
        shared_courses=merged.enrolments.filter(course__in=kept.enrolments.values("course")).count(),
        classes=merged.attendances.count(),
        shared_classes=_shared(kept, merged).count(),
        readings=merged.readings.shown_to_staff().count(),
        answers=merged.self_reports.count() + merged.raised_hands.count(),
        consents=merged.consents.count(),
        alerts=merged.alerts.shown_to_staff().count(),
        courses_taught=merged.courses_taught.count() + merged.courses_assisted.count(),
        blocked_in=list(Course.objects.filter(removals__in=_blocks(kept, merged)).distinct()),
        role=_role(kept, merged),
        school_id=kept.school_id or merged.school_id,
    )


def merge_accounts(*, kept: User, merged: User, by: User, now: datetime) -> None:
    """Move everything to the kept account and delete the other, in one transaction. Raises MergeRefused."""
    with transaction.atomic():
        people = (kept.pk, merged.pk)
        concerned = (
            Q(enrolments__student__in=people)
            | Q(teachers__in=people)
            | Q(assistants__in=people)
            | Q(sessions__attendances__student__in=people)
        )
        ids = Course.objects.filter(concerned).order_by().values("pk")
        # The locks prevent changes to who is in the courses, and the start of classes.
        list(Course.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk"))
        users = {user.pk: user for user in User.objects.filter(pk__in=people).select_for_update().order_by("pk")}
        if len(users) < 2:
            raise MergeRefused(MergeRefused.SAME)
        kept, merged = users[kept.pk], users[merged.pk]
        _require_mergeable(kept, merged, by)
        record(Event.ACCOUNTS_MERGED, subject=kept, merged=merged.pk)
        move_rollups(kept=kept, merged=merged)
        _move_readings(kept, merged)
        _join_attendances(kept, merged)
        _settle_memberships(kept, merged, now)
        _settle_consents(kept, merged)
        move_rows(kept, merged)
        _complete_profile(kept, merged)
        former = merged.email
        delete_account(merged, now=now)
    transaction.on_commit(lambda: events.publish_access_changed(events.user_group(kept.pk)))
    transaction.on_commit(lambda: _notify(kept, former))


def _require_mergeable(kept: User, merged: User, by: User) -> None:
    """Raises MergeRefused."""
    if kept.pk == merged.pk:
        raise MergeRefused(MergeRefused.SAME)
    if merged.pk == by.pk:
        raise MergeRefused(MergeRefused.OWN)
    if not kept.is_active:
        raise MergeRefused(MergeRefused.INACTIVE)
    if not (may_change_account(by, kept) and may_change_account(by, merged)):
        raise MergeRefused(MergeRefused.ELSEWHERE)
    if merged.is_administrator and not kept.is_administrator:
        raise MergeRefused(MergeRefused.ADMINISTRATOR)
    if kept.is_administrator and why_still_needed(merged):
        # Administrators teach no course.
        raise MergeRefused(MergeRefused.TEACHES)
    if Attendance.objects.filter(student__in=(kept, merged), session__ended_at=None).exists():
        raise MergeRefused(MergeRefused.IN_CLASS)
    if pending_store().size():
        # Pending readings of the merged account would have no student.
        raise MergeRefused(MergeRefused.PENDING)


def _role(kept: User, merged: User) -> str:
    return max(kept.role, merged.role, key=ROLES.index)


def _shared(kept: User, merged: User) -> models.QuerySet[Attendance]:
    """The merged account's attendances of sessions that both attended."""
    return Attendance.objects.filter(student=merged, session__in=kept.attendances.values("session"))


def _blocks(kept: User, merged: User) -> models.QuerySet[Removal]:
    return Removal.objects.filter(student__in=(kept, merged), blocked=True)


def _move_readings(kept: User, merged: User) -> None:
    """Two snapshots of a session that arrived in the same microsecond are two readings: the later one moves by one."""
    twin = Reading.objects.filter(student=kept, session=OuterRef("session"), received_at=OuterRef("received_at"))
    readings = Reading.objects.filter(student=merged)
    while clashing := list(readings.filter(Exists(twin)).values_list("pk", flat=True)):
        for pk in clashing:
            at = readings.filter(pk=pk)
            session, moment = at.values_list("session", "received_at").get()
            taken = set(
                Reading.objects.filter(
                    session=session, student__in=(kept, merged), received_at__gte=moment
                ).values_list("received_at", flat=True)
            )
            while moment in taken:
                moment += timedelta(microseconds=1)
            at.update(received_at=moment)


def _join_attendances(kept: User, merged: User) -> None:
    """Put the stays of both into one attendance, in the state of the one that changed last."""
    for double in _shared(kept, merged):
        own = Attendance.objects.select_related("latest_reading").get(student=kept, session=double.session_id)
        Stay.objects.filter(attendance=double).update(attendance=own)
        readings = [each.latest_reading for each in (own, double) if each.latest_reading]
        own.latest_reading = max(readings, key=lambda reading: reading.captured_at, default=None)
        if double.changed_at > own.changed_at:
            own.camera, own.left, own.changed_at = double.camera, double.left, double.changed_at
        own.save()
        delete_rows(Attendance.objects.filter(pk=double.pk))


def _settle_memberships(kept: User, merged: User, now: datetime) -> None:
    """A block of either account applies. Otherwise the person is in every course that either account is in."""
    both = (kept, merged)
    blocked = list(_blocks(kept, merged).values_list("course", flat=True))
    _end(Enrolment.objects.filter(student__in=both, course__in=blocked), now)
    delete_rows(JoinRequest.objects.filter(student__in=both, course__in=blocked))
    Removal.objects.filter(student=kept, course__in=blocked).update(blocked=True)
    # A person has one role in a course: the one with more rights.
    taught = list(Course.objects.filter(teachers__in=both).values_list("pk", flat=True))
    delete_rows(Course.assistants.through.objects.filter(user__in=both, course__in=taught))
    assisted = list(Course.objects.filter(assistants__in=both).values_list("pk", flat=True))
    _end(Enrolment.objects.filter(student__in=both, course__in=[*taught, *assisted]), now)
    entered = list(Enrolment.objects.filter(student__in=both).values_list("course", flat=True))
    settled = [*taught, *assisted, *entered]
    delete_rows(JoinRequest.objects.filter(student__in=both, course__in=settled))
    delete_rows(AssistantInvitation.objects.filter(invitee__in=both, course__in=settled))
    delete_rows(Removal.objects.filter(student__in=both, course__in=settled, blocked=False))
    for own in Enrolment.objects.filter(student=kept, course__in=merged.enrolments.values("course")):
        earliest = Enrolment.objects.filter(student__in=both, course=own.course_id).aggregate(at=Min("joined_at"))
        Enrolment.objects.filter(pk=own.pk).update(joined_at=earliest["at"])


def _end(enrolments: models.QuerySet[Enrolment], now: datetime) -> None:
    record_exits(enrolments=enrolments, now=now)
    delete_rows(enrolments)


def _settle_consents(kept: User, merged: User) -> None:
    """The latest decision in each course counts. If two consents are in force, the earlier one is kept, as evidence for
    what has been read since."""
    _apply_withdrawals(kept, of=merged)
    _apply_withdrawals(merged, of=kept)
    theirs = CourseConsent.objects.filter(student=merged, withdrawn_at=None)
    for consent in CourseConsent.objects.filter(student=kept, withdrawn_at=None):
        same = {"course": consent.course_id, "text": consent.text_id, "is_anonymous": consent.is_anonymous}
        _keep_earlier(consent, theirs.filter(**same), "granted_at")
    their_guardians = merged.guardian_consents.filter(withdrawn_at=None)
    for agreed in kept.guardian_consents.filter(withdrawn_at=None):
        _keep_earlier(agreed, their_guardians.filter(course=agreed.course_id), "recorded_at")


def _apply_withdrawals(user: User, *, of: User) -> None:
    """End the user's consents that the other account withdrew later: the student's own in the same course, and a
    guardian's that covers it."""
    withdrawn = CourseConsent.objects.filter(student=of, withdrawn_at__isnull=False).order_by()
    for course, last in withdrawn.values_list("course").annotate(last=Max("withdrawn_at")):
        own = CourseConsent.objects.filter(student=user, course=course)
        own.filter(withdrawn_at=None, granted_at__lt=last).update(withdrawn_at=Greatest(F("granted_at"), last))
    withdrawn_by_guardians = of.guardian_consents.filter(withdrawn_at__isnull=False).select_related("course")
    for withdrawal in withdrawn_by_guardians.order_by("-withdrawn_at"):
        standing = user.guardian_consents.filter(withdrawn_at=None, recorded_at__lt=withdrawal.withdrawn_at)
        covered = standing.covering(withdrawal.course) if withdrawal.course else standing
        covered.update(
            withdrawn_at=withdrawal.withdrawn_at,
            withdrawn_how=withdrawal.withdrawn_how,
            withdrawal_recorded_by=withdrawal.withdrawal_recorded_by_id,
        )


def _keep_earlier(row: Any, twins: models.QuerySet[Any], moment: str) -> None:
    for twin in twins:
        later = max(twin, row, key=lambda each: getattr(each, moment))
        delete_rows(later._meta.model.objects.filter(pk=later.pk))


def _notify(kept: User, former: str) -> None:
    """Mail both addresses: only the kept account's signs in now."""
    for address, other in ((kept.email, former), (former, kept.email)):
        context = {"user": kept, "other": other, "kept": kept.email}
        send_or_log("account/email/accounts_merged", address, context, purpose=f"notify user {kept.pk} of a merger")


def _complete_profile(kept: User, merged: User) -> None:
    """The kept account keeps its own name and address, and takes what it lacks from the other."""
    school_id, role = kept.school_id or merged.school_id, _role(kept, merged)
    User.objects.filter(pk=merged.pk).update(school_id="")
    if (school_id, role) != (kept.school_id, kept.role):
        kept.school_id, kept.role = school_id, role
        kept.save(update_fields=["school_id", "role", "is_staff", "is_superuser"])
