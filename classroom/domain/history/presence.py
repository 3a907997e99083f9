"""Presence: the students who came to sessions, and those who were absent."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from classroom.domain.history.aggregates import Key
from classroom.measures import WINDOW_S, joined_late, left_early, merge_intervals, window_start
from classroom.models import Attendance, ClassSession, Enrolment, PastEnrolment
from classroom.models.attendance import lost_before

# The start and the end of a stay.
Span = tuple[datetime, datetime]
# The start and the end of an enrolment; the present one has no end.
Period = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Person:
    """A student as lists and files name them; `school_id` is the school's own, empty if unknown."""

    id: int
    name: str
    email: str
    school_id: str


@dataclass(frozen=True)
class Presence:
    """A student who joined a session. `windows`: how many their stays touch. `removed`: removed from the course while
    the session ran, without joining it again."""

    person: Person
    joined_at: datetime | None
    left_at: datetime | None
    minutes: float
    windows: int
    rejoins: int
    late: bool
    left_early: bool
    removed: bool


def presences(
    *, sessions: Sequence[ClassSession], now: datetime, student: User | int | None = None
) -> dict[Key, Presence]:
    """Everyone who joined each session, or only `student`, sorted by name. One query."""
    session_by_id = {session.pk: session for session in sessions}
    lost = lost_before(now)
    people: dict[Key, Person] = {}
    removed_at: dict[Key, datetime | None] = {}
    spans: dict[Key, list[Span]] = defaultdict(list)
    for session_id, *person, removed, joined_at, last_seen_at, left_at in _stays(sessions, student, now):
        key = session_id, person[0]
        people.setdefault(key, Person(*person))
        removed_at[key] = removed
        if joined_at:
            # Like Stay.ended_by, but on plain values: building models for hundreds of rows takes time.
            end = left_at or (now if last_seen_at > lost else last_seen_at)
            spans[key].append((joined_at, end))
    return {
        key: _presence(session_by_id[key[0]], person, spans[key], removed_at[key]) for key, person in people.items()
    }


def absentees(*, sessions: Sequence[ClassSession], joined: Container[Key]) -> dict[int, list[Person]]:
    """For each session, the students of its course who were enrolled at its end and did not join it, by name. `joined`
    has pairs of session and student. Two queries.

    A student who is not in the course now is not among them. For one who is, earlier enrolments count, too."""
    courses = {session.course_id for session in sessions}
    enrolments = Enrolment.objects.filter(course__in=courses)
    rows: Any = enrolments.order_by("student__sort_key", "student_id").values_list(
        "course_id", "joined_at", "student_id", "student__display_name", "student__email", "student__school_id"
    )
    earlier = _earlier_enrolments(courses)
    enrolled: dict[int, list[tuple[Person, list[Period]]]] = defaultdict(list)
    for course_id, enrolled_at, *fields in rows:
        person = Person(*fields)
        enrolled[course_id].append((person, [(enrolled_at, None), *earlier[course_id, person.id]]))
    return {
        session.pk: [
            person
            for person, periods in enrolled[session.course_id]
            if (session.pk, person.id) not in joined and _was_enrolled(periods, session.ended_at)
        ]
        for session in sessions
    }


def _earlier_enrolments(courses: Iterable[int]) -> dict[Key, list[Period]]:
    """The periods of past enrolments, by course and student."""
    earlier: dict[Key, list[Period]] = defaultdict(list)
    rows = PastEnrolment.objects.filter(course__in=courses)
    for course_id, student_id, joined_at, left_at in rows.values_list("course", "student", "joined_at", "left_at"):
        earlier[course_id, student_id].append((joined_at, left_at))
    return earlier


def _was_enrolled(periods: Iterable[Period], at: datetime | None) -> bool:
    """Return whether one of the periods of a student who is enrolled now contains the time; None is now."""
    return at is None or any(start <= at and (end is None or at <= end) for start, end in periods)


def _stays(sessions: Sequence[ClassSession], student: User | int | None, now: datetime) -> Any:
    attendances = Attendance.objects.filter(session__in=sessions)
    attendances = attendances.filter(student=student) if student else attendances
    end = Coalesce(OuterRef("session__ended_at"), Value(now, output_field=DateTimeField()))
    removals = PastEnrolment.objects.filter(
        course=OuterRef("session__course"),
        student=OuterRef("student"),
        removed=True,
        left_at__range=(OuterRef("session__started_at"), end),
    )
    person = ("student_id", "student__display_name", "student__email", "student__school_id")
    stay = ("stays__joined_at", "stays__last_seen_at", "stays__left_at")
    removed_at = Subquery(removals.order_by("-left_at").values("left_at")[:1])
    ordered = attendances.order_by("student__sort_key", "student_id", "stays__joined_at")
    return ordered.annotate(removed_at=removed_at).values_list("session_id", *person, "removed_at", *stay)


def _presence(session: ClassSession, person: Person, spans: Sequence[Span], removed_at: datetime | None) -> Presence:
    joined_at = min((start for start, _ in spans), default=None)
    left_at = max((end for _, end in spans), default=None)
    touched = merge_intervals(
        (window_start(start.timestamp()), window_start(end.timestamp()) + WINDOW_S) for start, end in spans
    )
    removed = removed_at is not None and all(start <= removed_at for start, _ in spans)
    return Presence(
        person=person,
        joined_at=joined_at,
        left_at=left_at,
        # Stays overlap if the clock was set back between them.
        minutes=sum((end - start).total_seconds() for start, end in merge_intervals(spans)) / 60,
        windows=sum(end - start for start, end in touched) // WINDOW_S,
        rejoins=max(len(spans) - 1, 0),
        late=joined_at is not None and joined_late(joined_at=joined_at, started_at=session.started_at),
        # Removed students did not choose to leave.
        left_early=left_at is not None
        and session.ended_at is not None
        and not removed
        and left_early(left_at=left_at, ended_at=session.ended_at),
        removed=removed,
    )
