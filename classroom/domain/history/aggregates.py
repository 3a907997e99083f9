"""Totals of readings by session and student: from the roll-ups if a session is fully rolled up, otherwise from the
readings themselves. Both give the same figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from accounts.models import User
from classroom.domain.history.student_windows import StudentWindow, count_windows, windows_by_student
from classroom.domain.history.watermark import is_fully_rolled_up
from classroom.measures import EXPRESSIONS, UNREAD, Counts, Probabilities
from classroom.models import ClassSession, Reading, StudentMinute
from classroom.models.expressions import STORED_COUNTS

# (session id, student id)
Key = tuple[int, int]

# Each minute holds means over its certain readings. `uncounted` minutes predate the counting of students.
MINUTE_TOTALS = {
    "total_readings": Sum("readings"),
    "total_certain": Sum("certain"),
    "total_uncertain": Sum("uncertain"),
    "total_valence_square": Sum(F("certain") * F("valence_square")),
    **{f"total_{name}": Sum(F("certain") * F(name)) for name in EXPRESSIONS},
    "uncounted": Count("pk", filter=Q(shown_neutral=None) & (Q(certain__gt=0) | Q(uncertain__gt=0))),
    **{f"windows_{name}": Sum(f"shown_{name}") for name in STORED_COUNTS},
}


@dataclass(frozen=True)
class ReadingTotals:
    """A student's readings in a session: how many in all, with a certain expression, and with a face but an uncertain
    expression. The means of the expressions and of the squared valences are over the certain ones, or None without any.
    `counts`: in how many windows the student shows what, or None if any window predates the counting of students.
    UNREAD in it leaves out windows without any reading."""

    readings: int = 0
    certain: int = 0
    uncertain: int = 0
    shares: Probabilities | None = None
    valence_square: float | None = None
    counts: Counts | None = None

    @classmethod
    def from_windows(cls, windows: Sequence[StudentWindow]) -> "ReadingTotals":
        """The totals of one student's windows."""
        seen = [(each.certain, each.mean, each.valence_square or 0.0) for each in windows if each.mean is not None]
        certain = sum(weight for weight, _, _ in seen)
        return cls(
            readings=sum(each.readings for each in windows),
            certain=certain,
            uncertain=sum(each.uncertain for each in windows),
            shares={name: sum(weight * mean[name] for weight, mean, _ in seen) / certain for name in EXPRESSIONS}
            if certain
            else None,
            valence_square=sum(weight * square for weight, _, square in seen) / certain if certain else None,
            counts=count_windows(windows),
        )

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "ReadingTotals":
        certain = row["total_certain"]
        is_counted = not row["uncounted"] and row["windows_neutral"] is not None
        return cls(
            readings=row["total_readings"],
            certain=certain,
            uncertain=row["total_uncertain"],
            shares={name: row[f"total_{name}"] / certain for name in EXPRESSIONS} if certain else None,
            valence_square=row["total_valence_square"] / certain if certain else None,
            counts={**{name: row[f"windows_{name}"] for name in STORED_COUNTS}, UNREAD: 0} if is_counted else None,
        )


NO_READINGS = ReadingTotals()


def reading_totals(*, sessions: Sequence[ClassSession], student: User | int | None = None) -> dict[Key, ReadingTotals]:
    """The totals by session and student, or only those of `student`. A student without readings is left out. One query,
    or two if some of the sessions are fully rolled up and some are not."""
    rolled_up = [session.pk for session in sessions if is_fully_rolled_up(session)]
    others = [session.pk for session in sessions if not is_fully_rolled_up(session)]
    totals: dict[Key, ReadingTotals] = {}
    if rolled_up:
        minutes = _of_student(StudentMinute.objects.filter(session__in=rolled_up), student)
        rows = minutes.order_by().values("session_id", "student_id").annotate(**MINUTE_TOTALS)
        totals |= {(row["session_id"], row["student_id"]): ReadingTotals.from_row(row) for row in rows}
    if others:
        readings = _of_student(Reading.objects.filter(session__in=others), student)
        for own in windows_by_student(readings):
            totals[own[0].session_id, own[0].student_id] = ReadingTotals.from_windows(own)
    return totals


def _of_student(rows: QuerySet, student: User | int | None) -> QuerySet:
    return rows.filter(student=student) if student else rows
