"""The audit log for pages: events in words, and the views of a student's data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import SecurityEvent, User
from accounts.security_log.events import Event, numbers_of
from accounts.security_log.labels import event_label, view_label
from classroom.models import Attendance, ClassSession, Course, Enrolment, PastEnrolment

LOOKED_AT_DAYS = 180  # or as long as the log is kept
# Files that name every student of the school.
OF_EVERYBODY = ("administration:people_csv", "administration:enrolments_csv", "administration:audit_csv")
LOOKS = (Event.DATA_VIEWED, Event.DATA_EXPORTED)
# Details that other cells show.
SHOWN_ELSEWHERE = {"course", "session", "view", "ids"}


@dataclass(frozen=True)
class AuditRow:
    """One event in words. Deleted accounts have only an id; `about` is the course or the class."""

    at: datetime
    event: str
    label: str
    actor: str
    subject: str
    about: str
    details: str
    address: str


def looked_at_days() -> int:
    """Return how many days back a student sees who looked at their data."""
    return min(LOOKED_AT_DAYS, settings.SECURITY_LOG_DAYS or LOOKED_AT_DAYS)


def looks_at(student: User, *, now: datetime) -> QuerySet[SecurityEvent]:
    """Return what others opened or downloaded about the student, alone, with a class or course, or with everybody,
    newest first.

    Five queries in one, each with its own index, after those for the student's ids.
    """
    since, numbers = now - timedelta(days=looked_at_days()), numbers_of(student)
    looks = SecurityEvent.objects.filter(event__in=LOOKS, at__gte=since).exclude(actor__in=numbers).order_by()
    whole = looks.filter(actor__isnull=False, subject=None)
    everybody = whole.in_organisation(student.organisation_id).filter(
        event=Event.DATA_EXPORTED, course=None, session=None, details__view__in=OF_EVERYBODY
    )
    found = looks.filter(subject__in=numbers).union(
        whole.filter(session__among=_attendances(student).values("session")),
        whole.filter(_in_missed_class(student, now)),
        whole.filter(_in_course(student)),
        everybody.filter(at__gte=student.date_joined),
    )
    return found.order_by("-at", "-pk")


def _in_missed_class(student: User, now: datetime) -> Q:
    """Match events of classes that ran while the student was enrolled, if they were enrolled at the time of the event,
    too."""
    enrolled, enrolled_earlier = _enrolments(student)
    its_end = Coalesce(OuterRef("ended_at"), Value(now, output_field=DateTimeField()))
    before_its_end = {"course": OuterRef("course"), "joined_at__lte": its_end}
    ran_then = Exists(enrolled.filter(**before_its_end))
    ran_earlier = Exists(enrolled_earlier.filter(**before_its_end, left_at__gte=OuterRef("started_at")))
    courses = enrolled.values("course").union(enrolled_earlier.values("course"))
    theirs = ClassSession.objects.filter(ran_then | ran_earlier, course__in=courses).order_by()
    return Q(session__among=theirs.values("pk")) & _enrolled_then(student, course__sessions=OuterRef("session"))


def _in_course(student: User) -> Q:
    """Match events of courses in which the student was enrolled, or had attended a class, at the time."""
    enrolled, enrolled_earlier = _enrolments(student)
    attended = _attendances(student)
    was_there = attended.filter(session__course=OuterRef("course"), session__started_at__lte=OuterRef("at"))
    courses = enrolled.values("course").union(enrolled_earlier.values("course"), attended.values("session__course"))
    return Q(course__among=courses) & (_enrolled_then(student, course=OuterRef("course")) | Q(Exists(was_there)))


def _enrolled_then(student: User, **course: OuterRef) -> Q:
    """Match events at a time when the student was enrolled in the course."""
    enrolled, enrolled_earlier = _enrolments(student)
    by_then = enrolled.filter(**course, joined_at__lte=OuterRef("at"))
    at_that_time = enrolled_earlier.filter(**course, joined_at__lte=OuterRef("at"), left_at__gte=OuterRef("at"))
    return Q(Exists(by_then)) | Q(Exists(at_that_time))


def _attendances(student: User) -> QuerySet[Attendance]:
    return Attendance.objects.filter(student=student)


def _enrolments(student: User) -> tuple[QuerySet[Enrolment], QuerySet[PastEnrolment]]:
    return Enrolment.objects.filter(student=student), PastEnrolment.objects.filter(student=student)


def audit_rows(events: Sequence[SecurityEvent]) -> list[AuditRow]:
    """Return the events in words. Three queries, however many events."""
    people = User.objects.in_bulk({number for each in events for number in (each.actor_id, each.subject_id) if number})
    courses = Course.objects.in_bulk({each.course for each in events if each.course})
    sessions = ClassSession.objects.in_bulk({each.session for each in events if each.session})
    return [
        AuditRow(
            at=each.at,
            event=each.event,
            label=event_label(each.event),
            actor=_person(each.actor_id, people),
            subject=_person(each.subject_id, people),
            about=_about(each, courses, sessions),
            details=_details(each.details),
            address=each.address or "",
        )
        for each in events
    ]


def _person(number: int | None, people: dict[Any, User]) -> str:
    if number is None:
        return ""
    return people[number].display_name if number in people else _("deleted account %(n)s") % {"n": number}


def _about(event: SecurityEvent, courses: dict[Any, Course], sessions: dict[Any, ClassSession]) -> str:
    if event.session:
        session = sessions.get(event.session)
        return session.topic if session else _("deleted class %(n)s") % {"n": event.session}
    if event.course:
        course = courses.get(event.course)
        return course.name if course else _("deleted course %(n)s") % {"n": event.course}
    return ""


def _details(details: dict[str, Any]) -> str:
    """Say what was opened, or which value became which."""
    parts = [view_label(details["view"])] if "view" in details else []
    if {"old", "new"} <= details.keys():
        parts.append(f"{details['old']} → {details['new']}")
    changes = details.get("changes") or {}
    for name, values in changes.items():
        parts.append(f"{name}: {values[0]} → {values[1]}" if values else name)
    rest = {name: value for name, value in details.items() if name not in {*SHOWN_ELSEWHERE, "old", "new", "changes"}}
    return "; ".join([*parts, *(f"{name}: {value}" for name, value in rest.items())])
