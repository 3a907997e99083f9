"""Deletes a course with all its sessions, in steps small enough not to delay other classes.

The first step removes the members, and the course can then no longer be restored. Students see their own history until
it is deleted. The remaining steps can be interrupted and repeated until nothing is left.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.security_log.events import Event, record
from classroom.domain.sessions import SessionAlreadyRunning, close_idle_sessions, delete_in_steps
from classroom.models import (
    Alert,
    AssistantInvitation,
    Course,
    Enrolment,
    InvitedCourse,
    JoinRequest,
    Marker,
    PastEnrolment,
    RaisedHand,
    Reading,
    Removal,
    SelfReport,
)


@dataclass(frozen=True)
class CourseContents:
    """The amount of data deleted with a course. `hands` counts those raised, `alerts` those that fired; each session
    has a report. `readings` is None if a session is anonymous, because they may all be one student's."""

    students: int
    sessions: int
    readings: int | None
    answers: int
    hands: int
    markers: int
    alerts: int


def course_contents(course: Course) -> CourseContents:
    has_anonymous = course.sessions.filter(is_anonymous=True).exists()
    return CourseContents(
        students=course.enrolments.count(),
        sessions=course.sessions.count(),
        readings=None if has_anonymous else Reading.objects.filter(session__course=course).count(),
        answers=SelfReport.objects.filter(session__course=course).count(),
        hands=RaisedHand.objects.filter(session__course=course).count(),
        markers=Marker.objects.filter(session__course=course).count(),
        alerts=Alert.objects.shown_to_staff().filter(session__course=course).count(),
    )


def begin_deletion(*, course: Course, now: datetime) -> CourseContents:
    """Remove the members of the course. Return what will be deleted with it. Raises SessionAlreadyRunning."""
    close_idle_sessions(now=now, course=course)
    contents = course_contents(course)
    with transaction.atomic():
        locked = Course.objects.lock(course.pk)
        if running := locked.sessions.running().first():
            raise SessionAlreadyRunning(running)
        if locked.is_being_deleted:
            return contents
        record(
            Event.COURSE_DELETED,
            course=course.pk,
            organisation=course.organisation_id,
            sessions=contents.sessions,
            students=contents.students,
            readings=contents.readings,
        )
        archived_at = locked.archived_at or now
        # Frees the ID for a course that the school's files bring again.
        Course.objects.filter(pk=course.pk).update(deletion_began_at=now, archived_at=archived_at, school_id="")
        course.teachers.clear()
        course.assistants.clear()
        # No signals: no class is running, so no open page must be notified.
        for model in (Enrolment, PastEnrolment, JoinRequest, Removal, AssistantInvitation, InvitedCourse):
            members: Any = model._default_manager.filter(course=course)
            members._raw_delete(members.db)
    return contents


def finish_deletions() -> int:
    """Delete the rest of the courses whose deletion has begun. Return how many courses were deleted."""
    begun = list(Course.objects.being_deleted().order_by("deletion_began_at", "pk"))
    for course in begun:
        for session in course.sessions.order_by("pk"):
            delete_in_steps(session=session)
        course.delete()
    return len(begun)
