"""Presence: the students who came to sessions, and those who were absent."""

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from accounts.models import User
from classroom.domain.history.aggregates import Key
from classroom.measures import WINDOW_S, joined_late, left_early, merge_intervals, window_start
from classroom.models import Attendance, ClassSession, Enrolment, Removal
from classroom.models.attendance import lost_before

# The start and the end of a stay.
Span = tuple[datetime, datetime]


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
    the session ran."""

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
    for session_id, *person, removed, joined_at, last_seen_at, left_at in _stays(sessions, student):
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
    """For each session, the students of its course who were enrolled by its end and did not join it, by name. `joined`
    has pairs of session and student. One query.

    A student who did not join and has since been removed from the course is not among them."""
    enrolments = Enrolment.objects.filter(course__in={session.course_id for session in sessions})
    rows: Any = enrolments.order_by("student__sort_key", "student_id").values_list(
        "course_id", "joined_at", "student_id", "student__display_name", "student__email", "student__school_id"
    )
    enrolled: dict[int, list[tuple[datetime, Person]]] = defaultdict(list)
    for course_id, enrolled_at, *person in rows:
        enrolled[course_id].append((enrolled_at, Person(*person)))
    return {
        session.pk: [
            person
            for enrolled_at, person in enrolled[session.course_id]
            if (session.ended_at is None or enrolled_at <= session.ended_at) and (session.pk, person.id) not in joined
        ]
        for session in sessions
    }


def _stays(sessions: Sequence[ClassSession], student: User | int | None) -> Any:
    attendances = Attendance.objects.filter(session__in=sessions)
    attendances = attendances.filter(student=student) if student else attendances
    removal = Removal.objects.filter(course=OuterRef("session__course"), student=OuterRef("student"))
    person = ("student_id", "student__display_name", "student__email", "student__school_id")
    stay = ("stays__joined_at", "stays__last_seen_at", "stays__left_at")
    removed_at = Subquery(removal.values("removed_at")[:1])
    ordered = attendances.order_by("student__sort_key", "student_id", "stays__joined_at")
    return ordered.annotate(removed_at=removed_at).values_list("session_id", *person, "removed_at", *stay)


def _presence(session: ClassSession, person: Person, spans: Sequence[Span], removed_at: datetime | None) -> Presence:
    joined_at = min((start for start, _ in spans), default=None)
    left_at = max((end for _, end in spans), default=None)
    touched = merge_intervals(
        (window_start(start.timestamp()), window_start(end.timestamp()) + WINDOW_S) for start, end in spans
    )
    removed = removed_at is not None and session.started_at <= removed_at <= (session.ended_at or removed_at)
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
