"""What is summed of readings by session and student: from the roll-ups where they are settled, else from the readings.
The figures are the same."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django.db.models import Count, F, FloatField, QuerySet, Sum

from accounts.models import User
from classroom.domain.history.watermark import is_settled
from classroom.measures import EXPRESSIONS, Probabilities
from classroom.models import ClassSession, Reading, StudentMinute
from classroom.models.reading import CERTAIN, UNCERTAIN, VALENCE

Key = tuple[int, int]
# Of a group of readings.
COUNTS = {"count": Count("pk"), "certain": Count("pk", filter=CERTAIN), "unsure": Count("pk", filter=UNCERTAIN)}


class Sums(TypedDict):
    """Of a student's readings in a session: how many in all, how many with an expression that could be told and with
    one that could not; of the former the mean of each expression and of the squared valences, None without any."""

    readings: int
    certain: int
    unsure: int
    shares: Probabilities | None
    valence_square: float | None


NOTHING: Sums = {"readings": 0, "certain": 0, "unsure": 0, "shares": None, "valence_square": None}


def sums(*, sessions: Sequence[ClassSession], student: User | int | None = None) -> dict[Key, Sums]:
    """By (session, student), or of `student` alone; who has no reading is left out. One query, two where some of the
    sessions are rolled up and some are not."""
    settled = [session.pk for session in sessions if is_settled(session)]
    others = [session.pk for session in sessions if not is_settled(session)]
    only = {"student": student} if student else {}
    rows: list[dict[str, Any]] = []
    if settled:
        rows += _of_minutes(StudentMinute.objects.filter(session__in=settled, **only))
    if others:
        rows += _of_readings(Reading.objects.filter(session__in=others, **only))
    return {(row["session_id"], row["student_id"]): _means(row) for row in rows}


def _means(row: dict[str, Any]) -> Sums:
    certain = row["certain"]
    return {
        "readings": row["count"],
        "certain": certain,
        "unsure": row["unsure"],
        "shares": {name: row[f"sum_{name}"] / certain for name in EXPRESSIONS} if certain else None,
        "valence_square": row["squares"] / certain if certain else None,
    }


def _of_minutes(minutes: QuerySet[StudentMinute]) -> Any:
    # The aggregate `certain` takes its column's name, so the column is read under another.
    columns = minutes.annotate(seen=F("certain")).order_by()
    return columns.values("session_id", "student_id").annotate(
        count=Sum("readings"),
        certain=Sum("seen"),
        unsure=Sum("uncertain"),
        squares=Sum(F("seen") * F("valence_square")),
        **{f"sum_{name}": Sum(F("seen") * F(name)) for name in EXPRESSIONS},
    )


def _of_readings(readings: QuerySet[Reading]) -> Any:
    return (
        readings.order_by()
        .values("session_id", "student_id")
        .annotate(
            **COUNTS,
            squares=Sum(VALENCE * VALENCE, filter=CERTAIN, output_field=FloatField()),
            **{f"sum_{name}": Sum(name, filter=CERTAIN) for name in EXPRESSIONS},
        )
    )
