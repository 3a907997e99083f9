"""The register of a course: its students by its sessions, with absences counted. Attendance only: nothing in it is a
grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.names import sort_key
from classroom.domain.history.presence import Person, Punctuality, absentees, earlier_enrolments, punctualities
from classroom.models import ClassSession, Course, Enrolment, PastEnrolment

# Empty: neither enrolled at the session's end nor present.
Mark = Literal["present", "late", "left_early", "late_and_left_early", "absent", ""]


@dataclass(frozen=True)
class RegisterRow:
    """One student, with a mark for each session."""

    person: Person
    marks: list[Mark]

    @property
    def absent(self) -> int:
        return self.marks.count("absent")

    @property
    def attended(self) -> int:
        return len(self.marks) - self.absent - self.marks.count("")

    @property
    def late(self) -> int:
        return self.marks.count("late") + self.marks.count("late_and_left_early")

    @property
    def left_early(self) -> int:
        return self.marks.count("left_early") + self.marks.count("late_and_left_early")


@dataclass(frozen=True)
class Register:
    """`sessions` are in chronological order, `rows` in the order of the students' names."""

    sessions: list[ClassSession]
    rows: list[RegisterRow]

    def sessions_with(self, row: RegisterRow, *marks: Mark) -> list[ClassSession]:
        return [session for session, mark in zip(self.sessions, row.marks, strict=True) if mark in marks]


def build_register(*, sessions: Sequence[ClassSession], now: datetime) -> Register:
    """The register of ended sessions of one course: everyone who joined one, or was enrolled at the end of one. Three
    queries."""
    in_order = sorted(sessions, key=lambda session: (session.started_at, session.pk))
    earlier = earlier_enrolments({session.course_id for session in in_order})
    present, people = punctualities(sessions=in_order, earlier=earlier, now=now)
    absent = absentees(sessions=in_order, joined=present, earlier=earlier)
    people |= {person.id: person for persons in absent.values() for person in persons}
    marks: dict[tuple[int, int], Mark] = {key: _mark(each) for key, each in present.items()}
    marks |= {(session_id, person.id): "absent" for session_id, persons in absent.items() for person in persons}
    by_name = sorted(people.values(), key=lambda person: (sort_key(person.name), person.id))
    rows = [RegisterRow(person, [marks.get((session.pk, person.id), "") for session in in_order]) for person in by_name]
    return Register(in_order, rows)


def sessions_missed(*, course: Course, student: User) -> QuerySet[ClassSession]:
    """The ended sessions for which the register marks the student absent, newest first."""
    enrolment = Enrolment.objects.filter(course=course, student=student)
    by_its_end = Q(joined_at__lte=OuterRef("ended_at"))
    earlier = PastEnrolment.objects.filter(
        by_its_end, course=course, student=student, left_at__gte=OuterRef("ended_at")
    )
    enrolled = Q(Exists(enrolment.filter(by_its_end))) | Q(Exists(enrolment), Exists(earlier))
    missed = course.sessions.ended().filter(enrolled).exclude(attendances__student=student)
    return missed.order_by(F("started_at").desc(), "-pk")


def _mark(punctuality: Punctuality) -> Mark:
    if punctuality.late and punctuality.left_early:
        return "late_and_left_early"
    if punctuality.late:
        return "late"
    return "left_early" if punctuality.left_early else "present"
