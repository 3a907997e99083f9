"""Changes that administrators make to courses: creating, naming, terms, archiving and restoring."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.security_log.events import Event, record
from classroom.domain.courses.staff import add_teacher
from classroom.domain.sessions import SessionAlreadyRunning, close_idle_sessions
from classroom.models import Course, Term

# The fields of a course's form.
FIELDS = ("name", "description", "term")


def create_course(*, course: Course, teachers: Collection[User] = ()) -> None:
    """Save a new course that its form has checked. Raises MayNotBeStaff."""
    with transaction.atomic():
        course.save()
        record(Event.COURSE_CREATED, course=course.pk, organisation=course.organisation_id)
        for teacher in teachers:
            add_teacher(course=course, user=teacher)


def change_course(*, course: Course, changed: Collection[str]) -> None:
    """Save the course's changed fields, which open pages then show."""
    if fields := [field for field in FIELDS if field in changed]:
        course.save(update_fields=fields)


def set_term(*, courses: QuerySet[Course], term: Term | None) -> int:
    """Set or remove the term of the courses. Return how many changed."""
    new = term.pk if term else None
    with transaction.atomic():
        others = courses.exclude(term=term) if term else courses.exclude(term=None)
        changed = dict(others.order_by("pk").values_list("pk", "term_id"))
        Course.objects.filter(pk__in=changed).update(term=term)
        for pk, old in changed.items():
            record(Event.COURSE_CHANGED, course=pk, changes={"term": [old, new]})
    return len(changed)


def archive_course(*, course: Course, now: datetime) -> bool:
    """Archive the course: nobody can start or join a class in it, and its members can still read its history. Return
    False if it was archived already.

    Raises SessionAlreadyRunning, because archiving must not end a class in progress.
    """
    close_idle_sessions(now=now, course=course)
    with transaction.atomic():
        locked = Course.objects.lock(course.pk)
        if running := locked.sessions.running().first():
            raise SessionAlreadyRunning(running)
        if not Course.objects.current().filter(pk=course.pk).update(archived_at=now):
            return False
        record(Event.COURSE_ARCHIVED, course=course.pk, organisation=course.organisation_id)
    course.archived_at = now
    return True


def restore_course(*, course: Course) -> bool:
    """Undo the archiving. Return False if the course is not archived, or is being deleted."""
    archived = Course.objects.archived().filter(pk=course.pk, deletion_began_at=None)
    with transaction.atomic():
        if not archived.update(archived_at=None):
            return False
        record(Event.COURSE_RESTORED, course=course.pk, organisation=course.organisation_id)
    course.archived_at = None
    return True
