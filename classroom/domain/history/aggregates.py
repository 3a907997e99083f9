"""Totals of readings by session and student: from the roll-ups of sessions that are fully rolled up, else from the
readings themselves. Both give the same figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, QuerySet, Sum

from accounts.models import User
from classroom.domain.history.watermark import is_fully_rolled_up
from classroom.measures import EXPRESSIONS, Probabilities
from classroom.models import ClassSession, Reading, StudentMinute
from classroom.models.reading import CERTAIN, UNCERTAIN, VALENCE

# (session id, student id)
Key = tuple[int, int]

# The counts of a group of readings.
COUNTS = {
    "total_readings": Count("pk"),
    "total_certain": Count("pk", filter=CERTAIN),
    "total_uncertain": Count("pk", filter=UNCERTAIN),
}
READING_TOTALS = {
    **COUNTS,
    "total_valence_square": Sum(VALENCE * VALENCE, filter=CERTAIN, output_field=FloatField()),
    **{f"total_{name}": Sum(name, filter=CERTAIN) for name in EXPRESSIONS},
}
# The same totals from minutes: each minute holds means over its certain readings.
MINUTE_TOTALS = {
    "total_readings": Sum("readings"),
    "total_certain": Sum("certain"),
    "total_uncertain": Sum("uncertain"),
    "total_valence_square": Sum(F("certain") * F("valence_square")),
    **{f"total_{name}": Sum(F("certain") * F(name)) for name in EXPRESSIONS},
}


@dataclass(frozen=True)
class ReadingTotals:
    """A student's readings in a session: the number of all, of those whose expression is certain and of
    those with a face whose expression is uncertain. The means of the expressions and of the squared valences are over
    the certain ones, None without any."""

    readings: int = 0
    certain: int = 0
    uncertain: int = 0
    shares: Probabilities | None = None
    valence_square: float | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "ReadingTotals":
        certain = row["total_certain"]
        return cls(
            readings=row["total_readings"],
            certain=certain,
            uncertain=row["total_uncertain"],
            shares={name: row[f"total_{name}"] / certain for name in EXPRESSIONS} if certain else None,
            valence_square=row["total_valence_square"] / certain if certain else None,
        )


NO_READINGS = ReadingTotals()


def reading_totals(*, sessions: Sequence[ClassSession], student: User | int | None = None) -> dict[Key, ReadingTotals]:
    """The totals by session and student, or those of `student` only; a student without readings is left out. One query,
    two when some of the sessions are fully rolled up and some are not."""
    rolled_up = [session.pk for session in sessions if is_fully_rolled_up(session)]
    others = [session.pk for session in sessions if not is_fully_rolled_up(session)]
    rows: list[dict[str, Any]] = []
    if rolled_up:
        rows += _grouped(StudentMinute.objects.filter(session__in=rolled_up), student, MINUTE_TOTALS)
    if others:
        rows += _grouped(Reading.objects.filter(session__in=others), student, READING_TOTALS)
    return {(row["session_id"], row["student_id"]): ReadingTotals.from_row(row) for row in rows}


def _grouped(rows: QuerySet, student: User | int | None, totals: Mapping[str, Any]) -> QuerySet:
    rows = rows.filter(student=student) if student else rows
    return rows.order_by().values("session_id", "student_id").annotate(**totals)
