"""What is left of a session: the same figures for the teacher and, of herself, for the student.

Every page and every export takes its figures from `summaries`, so they cannot disagree.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from accounts.models import User
from classroom.domain.history.aggregates import NOTHING, Key, Sums, sums
from classroom.measures import (
    AROUSAL_BOUNDS,
    MIN_READINGS,
    SHARE_BOUNDS,
    VOLATILITY_BOUNDS,
    Probabilities,
    Said,
    arousal,
    band,
    concentration_index,
    mean,
    merged,
    negative_share,
    valence,
    volatility_of_means,
)
from classroom.models import Attendance, ClassSession, SelfReport
from classroom.models.attendance import STAY_LOST
from classroom.rounding import rounded_share


@dataclass(frozen=True)
class BandedMeasure:
    """A measure of one student over a session, of which a page shows the band alone: `behind` of `of` snapshots stand
    behind it. `value` is None where these are too few."""

    name: str
    value: float | None
    bounds: tuple[float, float]
    behind: int
    of: int

    @property
    def band(self) -> str | None:
        value = rounded_share(self.value)
        return None if value is None else band(value, self.bounds)


@dataclass(frozen=True)
class StudentSummary:
    """One student in one session. `seen_share` is the share of her snapshots in which an expression could be told;
    `shares` is the mean of those, None without any, and `valence_square` that of their squared valences; `with_face`
    counts the uncertain ones too. `answers` counts what she said of the lesson."""

    id: int
    name: str
    session_id: int
    joined_at: datetime | None
    left_at: datetime | None
    minutes: float
    rejoins: int
    readings: int
    certain: int
    with_face: int
    shares: Probabilities | None
    valence_square: float | None
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def seen_share(self) -> float | None:
        return self.certain / self.readings if self.readings else None

    @property
    def dominant(self) -> str | None:
        return max(self.shares, key=self.shares.__getitem__) if self.shares else None

    @property
    def negative(self) -> float | None:
        return negative_share(self.shares) if self.shares else None

    @property
    def valence(self) -> float | None:
        return valence(self.shares) if self.shares else None

    @property
    def arousal(self) -> float | None:
        return arousal(self.shares) if self.shares and self.certain >= MIN_READINGS else None

    @property
    def volatility(self) -> float | None:
        if self.valence is None or self.valence_square is None:
            return None
        return volatility_of_means(count=self.certain, valence=self.valence, square=self.valence_square)

    @property
    def calm_presence(self) -> float | None:
        """The concentration index, by what it is: of a face in the picture, and of a mind nothing."""
        if self.certain < MIN_READINGS:
            return None
        return concentration_index(snapshots=self.readings, with_face=self.with_face, negative=self.negative)

    @property
    def measures(self) -> list[BandedMeasure]:
        calm, behind_calm = self.calm_presence, self.readings if self.certain >= MIN_READINGS else self.certain
        return [
            BandedMeasure("arousal", self.arousal, AROUSAL_BOUNDS, self.certain, self.readings),
            BandedMeasure("volatility", self.volatility, VOLATILITY_BOUNDS, self.certain, self.readings),
            BandedMeasure("calm_presence", calm, SHARE_BOUNDS, behind_calm, self.readings),
        ]


@dataclass(frozen=True)
class SessionSummary:
    """A session as a whole. `mean` weighs every student seen the same; `seen` of `attended` are behind it. `minutes` is
    the mean time that those who attended were present."""

    attended: int
    enrolled: int
    seen: int
    minutes: float | None
    readings: int
    seen_share: float | None
    mean: Probabilities | None
    answers: dict[str, int]
    alerts: int

    @property
    def negative(self) -> float | None:
        return negative_share(self.mean) if self.mean else None

    @property
    def dominant(self) -> str | None:
        return max(self.mean, key=self.mean.__getitem__) if self.mean else None


def student_summaries(
    *, session: ClassSession, now: datetime, student: User | int | None = None
) -> list[StudentSummary]:
    """Everyone who joined the session, by name; or `student` alone."""
    return summaries(sessions=[session], now=now, student=student)[session.pk]


def summaries(
    *,
    sessions: Sequence[ClassSession],
    now: datetime,
    student: User | int | None = None,
    said: Mapping[int, Iterable[Said]] | None = None,
) -> dict[int, list[StudentSummary]]:
    """By session, everyone who joined it, by name; or `student` alone. `said`: what was said in each session, where
    it is known already. Three queries, one less with `said`, one more where a session is not rolled up."""
    stays = _stays(sessions, student, now)
    read = sums(sessions=sessions, student=student)
    answers = _counted(said) if said is not None else _answers(sessions, student)
    found: dict[int, list[StudentSummary]] = {session.pk: [] for session in sessions}
    for (session_id, student_id, name), of_student in stays.items():
        key = (session_id, student_id)
        found[session_id].append(_summary(key, name, of_student, read.get(key, NOTHING), answers.get(key, {})))
    return found


def session_summary(
    *, students: Sequence[StudentSummary], enrolled: int, alerts: int, answers: dict[str, int] | None = None
) -> SessionSummary:
    """The session of these students. `answers` is counted from them if not given."""
    readings = sum(student.readings for student in students)
    shares = [student.shares for student in students if student.shares]
    return SessionSummary(
        attended=len(students),
        enrolled=enrolled,
        seen=len(shares),
        minutes=sum(student.minutes for student in students) / len(students) if students else None,
        readings=readings,
        seen_share=sum(student.certain for student in students) / readings if readings else None,
        mean=mean(shares),
        answers=answers if answers is not None else _total(student.answers for student in students),
        alerts=alerts,
    )


@dataclass(frozen=True)
class _Stay:
    joined_at: datetime
    ended_at: datetime


def _summary(key: Key, name: str, stays: list[_Stay], read: Sums, answers: dict[str, int]) -> StudentSummary:
    return StudentSummary(
        id=key[1],
        name=name,
        session_id=key[0],
        joined_at=min((stay.joined_at for stay in stays), default=None),
        left_at=max((stay.ended_at for stay in stays), default=None),
        minutes=_minutes(stays),
        rejoins=max(len(stays) - 1, 0),
        readings=read["readings"],
        certain=read["certain"],
        with_face=read["certain"] + read["unsure"],
        shares=read["shares"],
        valence_square=read["valence_square"],
        answers=answers,
    )


def _minutes(stays: list[_Stay]) -> float:
    """Where a clock was set back two stays may overlap."""
    there = merged((stay.joined_at, stay.ended_at) for stay in stays)
    return sum((end - start).total_seconds() for start, end in there) / 60


def _stays(
    sessions: Sequence[ClassSession], student: User | int | None, now: datetime
) -> dict[tuple[int, int, str], list[_Stay]]:
    """By session, student and name, in the order of the names."""
    rows: Any = _of(Attendance.objects.filter(session__in=sessions), student).order_by(
        "student__name", "student_id", "stays__joined_at"
    )
    found: dict[tuple[int, int, str], list[_Stay]] = defaultdict(list)
    fields = ("session_id", "student_id", "student__name", "stays__joined_at", "stays__last_seen_at", "stays__left_at")
    for session_id, student_id, name, joined_at, last_seen_at, left_at in rows.values_list(*fields):
        of_student = found[session_id, student_id, name]
        if joined_at:
            of_student.append(_Stay(joined_at, _end(left_at, last_seen_at, now)))
    return found


def _end(left_at: datetime | None, last_seen_at: datetime, now: datetime) -> datetime:
    """Stay.ended_by, of the fields alone: hundreds of rows need no model."""
    return left_at or (now if now - last_seen_at < STAY_LOST else last_seen_at)


def _answers(sessions: Sequence[ClassSession], student: User | int | None) -> dict[Key, dict[str, int]]:
    rows: Any = _of(SelfReport.objects.filter(session__in=sessions), student).order_by()
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    for session_id, student_id, answer, count in rows.values_list("session_id", "student_id", "answer").annotate(
        Count("pk")
    ):
        found[session_id, student_id][answer] = count
    return found


def _counted(said: Mapping[int, Iterable[Said]]) -> dict[Key, dict[str, int]]:
    counts: dict[Key, dict[str, int]] = {}
    for session_id, of_session in said.items():
        for each in of_session:
            of_student = counts.setdefault((session_id, each.student_id), {})
            of_student[each.answer] = of_student.get(each.answer, 0) + 1
    return counts


def _of(rows: Any, student: User | int | None) -> Any:
    return rows.filter(student=student) if student else rows


def _total(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)
