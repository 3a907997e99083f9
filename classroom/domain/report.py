"""What is left of a session: the same figures for the teacher and, of herself, for the student."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Avg, Count, Q

from accounts.models import User
from classroom.measures import EXPRESSIONS, Probabilities, mean, valence
from classroom.models import ClassSession, Stay

CERTAIN = Q(faces__gt=0, uncertain="")


@dataclass(frozen=True)
class StudentSummary:
    """One student in one session. `seen_share` is the share of her snapshots in which an expression could be told;
    `shares` is the mean of those, None without any."""

    id: int
    name: str
    joined_at: datetime | None
    left_at: datetime | None
    minutes: float
    rejoins: int
    readings: int
    seen_share: float | None
    shares: Probabilities | None

    @property
    def dominant(self) -> str | None:
        return max(self.shares, key=self.shares.__getitem__) if self.shares else None

    @property
    def valence(self) -> float | None:
        return valence(self.shares) if self.shares else None


@dataclass(frozen=True)
class SessionSummary:
    attended: int
    enrolled: int
    readings: int
    seen_share: float | None
    mean: Probabilities | None


def student_summaries(*, session: ClassSession, now: datetime, student: User | None = None) -> list[StudentSummary]:
    """Everyone who joined the session, by name; or `student` alone."""
    attendances = session.attendances.select_related("student").order_by("student__name", "student_id")
    if student:
        attendances = attendances.filter(student=student)
    read = _readings_by_student(session, student)
    stays = _stays_by_student(session, student)
    return [
        _summary(attendance.student, stays[attendance.student_id], read.get(attendance.student_id), now)
        for attendance in attendances
    ]


def session_summary(*, session: ClassSession, students: list[StudentSummary]) -> SessionSummary:
    """The session as a whole. Its mean weighs every student seen the same."""
    readings = sum(student.readings for student in students)
    seen = sum(student.readings * (student.seen_share or 0) for student in students)
    return SessionSummary(
        attended=len(students),
        enrolled=session.course.enrolments.filter(joined_at__lte=session.ended_at or datetime.now(UTC)).count(),
        readings=readings,
        seen_share=seen / readings if readings else None,
        mean=mean(student.shares for student in students if student.shares),
    )


def _summary(student: User, stays: list[Stay], read: dict | None, now: datetime) -> StudentSummary:
    ends = [stay.ended_by(now) for stay in stays]
    seconds = sum((end - stay.joined_at).total_seconds() for stay, end in zip(stays, ends, strict=True))
    shares: Probabilities | None = None
    if read and read["certain"]:
        shares = {name: read[f"mean_{name}"] for name in EXPRESSIONS}
    return StudentSummary(
        id=student.pk,
        name=student.name,
        joined_at=min((stay.joined_at for stay in stays), default=None),
        left_at=max(ends, default=None),
        minutes=seconds / 60,
        rejoins=max(len(stays) - 1, 0),
        readings=read["readings"] if read else 0,
        seen_share=read["certain"] / read["readings"] if read else None,
        shares=shares,
    )


def _readings_by_student(session: ClassSession, student: User | None) -> dict[int, dict]:
    readings = session.readings.all()
    if student:
        readings = readings.filter(student=student)
    means = {f"mean_{name}": Avg(name, filter=CERTAIN) for name in EXPRESSIONS}
    counts = {"readings": Count("pk"), "certain": Count("pk", filter=CERTAIN)}
    rows: Any = readings.values("student_id").annotate(**counts, **means).order_by("student_id")
    return {row["student_id"]: row for row in rows}


def _stays_by_student(session: ClassSession, student: User | None) -> dict[int, list[Stay]]:
    stays = Stay.objects.filter(attendance__session=session).select_related("attendance")
    if student:
        stays = stays.filter(attendance__student=student)
    found: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.attendance.student_id].append(stay)
    return found
