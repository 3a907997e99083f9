"""Presence: the students who came to sessions, and those who were absent."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from classroom.domain.history.aggregates import Key
from classroom.measures import PUNCTUAL_WITHIN, WINDOW_S, joined_late, left_early, merge_intervals, window_start
from classroom.models import Attendance, ClassSession, Enrolment, PastEnrolment
from classroom.models.attendance import lost_before, stay_end

# The start and the end of a stay.
Span = tuple[datetime, datetime]
# The start and the end of an enrolment; the present one has no end. Whether somebody else ended it.
Period = tuple[datetime, datetime | None, bool]


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


@dataclass(frozen=True)
class Punctuality:
    """What a register says about a student who joined a session: the same `late` and `left_early` as in Presence."""

    late: bool
    left_early: bool


PUNCTUALITIES = {(late, early): Punctuality(late, early) for late in (False, True) for early in (False, True)}


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


def punctualities(
    *, sessions: Sequence[ClassSession], earlier: Mapping[Key, Sequence[Period]], now: datetime
) -> tuple[dict[Key, Punctuality], dict[int, Person]]:
    """Everyone who joined each session, and who they are. `earlier`: the past enrolments of the sessions' courses.

    One query. A course of two years has tens of thousands of rows, so the database compares the times: reading them
    would take longer than everything else.
    """
    session_by_id = {session.pk: session for session in sessions}
    removed = {key[1] for key, periods in earlier.items() if any(was_removed for _, _, was_removed in periods)}
    # SQL equivalents of measures.joined_late and measures.left_early.
    is_late = Q(first__gt=F("session__started_at") + PUNCTUAL_WITHIN)
    is_early = Q(end__lt=F("session__ended_at") - PUNCTUAL_WITHIN)
    rows: Any = Attendance.objects.filter(session__in=session_by_id).order_by()
    rows = rows.annotate(
        first=Min("stays__joined_at"),
        end=Max(stay_end(now, path="stays__")),
        last=Max("stays__joined_at", filter=Q(student__in=removed)),
        late=ExpressionWrapper(is_late, BooleanField()),
        early=ExpressionWrapper(is_early, BooleanField()),
    )
    person = ("student_id", "student__display_name", "student__email", "student__school_id")
    found: dict[Key, Punctuality] = {}
    people: dict[int, Person] = {}
    for session_id, late, early, last, *fields in rows.values_list("session_id", "late", "early", "last", *person):
        student_id = fields[0]
        if student_id not in people:
            people[student_id] = Person(*fields)
        if early and last and student_id in removed:
            session = session_by_id[session_id]
            removed_at = _removed_during(session, earlier.get((session.course_id, student_id), ()), now)
            early = removed_at is None or last > removed_at  # removed students did not choose to leave
        found[session_id, student_id] = PUNCTUALITIES[bool(late), bool(early)]
    return found, people


def absentees(
    *,
    sessions: Sequence[ClassSession],
    joined: Container[Key],
    earlier: Mapping[Key, Sequence[Period]] | None = None,
) -> dict[int, list[Person]]:
    """For each session, the students of its course who were enrolled at its end and did not join it, by name. `joined`
    has pairs of session and student. Two queries, one if the `earlier` enrolments are given.

    A student who is not in the course now is not among them. For one who is, earlier enrolments count, too."""
    courses = {session.course_id for session in sessions}
    enrolments = Enrolment.objects.filter(course__in=courses)
    rows: Any = enrolments.order_by("student__sort_key", "student_id").values_list(
        "course_id", "joined_at", "student_id", "student__display_name", "student__email", "student__school_id"
    )
    earlier = earlier_enrolments(courses) if earlier is None else earlier
    enrolled: dict[int, list[tuple[Person, list[Period]]]] = defaultdict(list)
    for course_id, enrolled_at, *fields in rows:
        person = Person(*fields)
        enrolled[course_id].append((person, [(enrolled_at, None, False), *earlier.get((course_id, person.id), ())]))
    return {
        session.pk: [
            person
            for person, periods in enrolled[session.course_id]
            if (session.pk, person.id) not in joined and _was_enrolled(periods, session.ended_at)
        ]
        for session in sessions
    }


def earlier_enrolments(courses: Iterable[int]) -> dict[Key, list[Period]]:
    """The periods of past enrolments, by course and student. One query."""
    earlier: dict[Key, list[Period]] = defaultdict(list)
    fields = ("course", "student", "joined_at", "left_at", "removed")
    rows: Any = PastEnrolment.objects.filter(course__in=courses).values_list(*fields)
    for course_id, student_id, *period in rows:
        earlier[course_id, student_id].append(tuple(period))
    return earlier


def _removed_during(session: ClassSession, earlier: Iterable[Period], now: datetime) -> datetime | None:
    """When the student was last removed from the course while the session ran."""
    until = session.ended_at or now
    times = [end for _, end, removed in earlier if removed and end and session.started_at <= end <= until]
    return max(times, default=None)


def _was_enrolled(periods: Iterable[Period], at: datetime | None) -> bool:
    """Return whether one of the periods of a student who is enrolled now contains the time; None is now."""
    return at is None or any(start <= at and (end is None or at <= end) for start, end, _ in periods)


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
