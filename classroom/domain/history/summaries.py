"""Summaries of students and of whole sessions. Teachers and students get the same figures.

Every page and every export takes its figures from `student_summaries_by_session`, so they cannot disagree.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from accounts.models import User
from classroom.domain.history import mix
from classroom.domain.history.aggregates import NO_READINGS, Key, reading_totals
from classroom.domain.history.presence import Presence, presences
from classroom.measures import (
    AROUSAL_BOUNDS,
    EXPRESSIONS,
    MIN_READINGS,
    SHARE_BOUNDS,
    VOLATILITY_BOUNDS,
    Counts,
    GivenAnswer,
    Probabilities,
    add_counts,
    arousal,
    band,
    concentration_index,
    mean,
    negative_share,
    valence,
    volatility_from_means,
)
from classroom.models import ClassSession, SelfReport
from classroom.rounding import rounded_share


@dataclass(frozen=True)
class BandedMeasure:
    """A measure of one student over a session; pages show only its band. It is based on `based_on` of `of` snapshots,
    and `value` is None if these are too few."""

    name: str
    value: float | None
    bounds: tuple[float, float]
    based_on: int
    of: int

    @property
    def band(self) -> str | None:
        value = rounded_share(self.value)
        return None if value is None else band(value, self.bounds)


@dataclass(frozen=True)
class StudentSummary:
    """One student in one session. `presence` says who they are and when they were there. The expression is certain in
    `certain` of the `readings`; `with_face` counts the uncertain ones too. `counts`: in how many of the windows in
    which they were present the student's tile shows what, or None if their readings were summed up before students were
    counted. `shares` is the mean over the certain readings, or None without any, and `valence_square` the mean of their
    squared valences. `answers` counts the student's answers about the lesson. If it `is_anonymous`, the summary is for
    people other than the student and has nothing that was read from them."""

    session_id: int
    presence: Presence
    readings: int
    certain: int
    with_face: int
    counts: Counts | None
    shares: Probabilities | None
    valence_square: float | None
    answers: dict[str, int] = field(default_factory=dict)
    is_anonymous: bool = False

    @property
    def was_read(self) -> bool:
        return self.readings > 0

    @property
    def id(self) -> int:
        return self.presence.person.id

    @property
    def name(self) -> str:
        return self.presence.person.name

    @property
    def minutes(self) -> float:
        return self.presence.minutes

    @property
    def seen_share(self) -> float | None:
        """The share of the student's snapshots whose expression is certain."""
        return self.certain / self.readings if self.readings else None

    @property
    def mix(self) -> dict[str, float] | None:
        """The shares of what the tile shows, or the mean for a class summed up before students were counted."""
        return mix.shares(self.counts, self.shares)

    @property
    def dominant(self) -> str | None:
        return mix.dominant(self.counts, self.shares)

    @property
    def negative(self) -> float | None:
        return mix.negative(self.counts, self.shares)

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
        return volatility_from_means(count=self.certain, valence=self.valence, square=self.valence_square)

    @property
    def calm_presence(self) -> float | None:
        """The concentration index, named after what it measures: a calm face in the picture, not a state of mind."""
        if self.certain < MIN_READINGS or self.shares is None:
            return None
        negative = negative_share(self.shares)
        return concentration_index(snapshots=self.readings, with_face=self.with_face, negative=negative)

    @property
    def measures(self) -> list[BandedMeasure]:
        calm_based_on = self.readings if self.certain >= MIN_READINGS else self.certain
        return [
            BandedMeasure("arousal", self.arousal, AROUSAL_BOUNDS, self.certain, self.readings),
            BandedMeasure("volatility", self.volatility, VOLATILITY_BOUNDS, self.certain, self.readings),
            BandedMeasure("calm_presence", self.calm_presence, SHARE_BOUNDS, calm_based_on, self.readings),
        ]


@dataclass(frozen=True)
class SessionSummary:
    """A session as a whole. `counts` adds up its students' windows, with each student once per window. It is None for a
    class whose readings were deleted before students were counted; then `mean`, the mean of its students'
    probabilities, is all that is known. `seen` of `attended` students were read. `minutes` is the mean time that those
    who attended were present.

    If it `is_anonymous`, `counts` adds up the `published` minutes, and `seen`, `readings` and `seen_share` are None."""

    attended: int
    enrolled: int
    seen: int | None
    minutes: float | None
    readings: int | None
    seen_share: float | None
    counts: Counts | None
    mean: Probabilities | None
    answers: dict[str, int]
    alerts: int
    is_anonymous: bool = False
    published: int = 0

    @property
    def was_read(self) -> bool:
        """Return whether the session may have expressions to show."""
        return self.is_anonymous or bool(self.readings)

    @property
    def mix(self) -> dict[str, float] | None:
        shares = mix.shares(self.counts, self.mean)
        if self.is_anonymous and shares:  # nobody else was counted
            return {name: shares[name] for name in EXPRESSIONS}
        return shares

    @property
    def dominant(self) -> str | None:
        return mix.dominant(self.counts, self.mean)

    @property
    def negative(self) -> float | None:
        return mix.negative(self.counts, self.mean)


def session_summary(
    *, students: Sequence[StudentSummary], enrolled: int, alerts: int, published: tuple[int, Counts] | None = None
) -> SessionSummary:
    """The session of these students. `published`: the number and the sum of its minutes, if it is anonymous."""
    readings = sum(student.readings for student in students)
    shares = [student.shares for student in students if student.shares]
    counts = [student.counts for student in students if student.counts is not None]
    is_counted = len(counts) == len(students)
    answers: Counter[str] = Counter()
    for student in students:
        answers.update(student.answers)
    minutes = sum(student.minutes for student in students) / len(students) if students else None
    if published is not None:
        return SessionSummary(
            attended=len(students),
            enrolled=enrolled,
            seen=None,
            minutes=minutes,
            readings=None,
            seen_share=None,
            counts=published[1],
            mean=None,
            answers=dict(answers),
            alerts=alerts,
            is_anonymous=True,
            published=published[0],
        )
    return SessionSummary(
        attended=len(students),
        enrolled=enrolled,
        seen=len(shares),
        minutes=minutes,
        readings=readings,
        seen_share=sum(student.certain for student in students) / readings if readings else None,
        counts=add_counts(counts) if is_counted else None,
        mean=None if is_counted else mean(shares),
        answers=dict(answers),
        alerts=alerts,
    )


def student_summaries(*, session: ClassSession, now: datetime) -> list[StudentSummary]:
    """Everyone who joined the session, by name."""
    return student_summaries_by_session(sessions=[session], now=now)[session.pk]


def student_summaries_by_session(
    *,
    sessions: Sequence[ClassSession],
    now: datetime,
    student: User | int | None = None,
    answers: Mapping[int, Iterable[GivenAnswer]] | None = None,
    own: bool = False,
) -> dict[int, list[StudentSummary]]:
    """For each session, everyone who joined it, or only `student`, by name. `answers`: those given in each session, if
    already loaded. `own`: for the student themselves; nobody else sees what was read from them in an anonymous session.
    Three queries, one fewer with `answers`, one more if some sessions are not fully rolled up."""
    hidden = set() if own else {session.pk for session in sessions if session.is_anonymous}
    shown = [session for session in sessions if session.pk not in hidden]
    totals = reading_totals(sessions=shown, student=student)
    answer_counts = _count_answers(sessions, student, answers)
    found: dict[int, list[StudentSummary]] = {session.pk: [] for session in sessions}
    for key, presence in presences(sessions=sessions, now=now, student=student).items():
        read = totals.get(key, NO_READINGS)
        summary = StudentSummary(
            session_id=key[0],
            presence=presence,
            readings=read.readings,
            certain=read.certain,
            with_face=read.certain + read.uncertain,
            counts=mix.counts_while_present(read, present=presence.windows),
            shares=read.shares,
            valence_square=read.valence_square,
            answers=dict(answer_counts.get(key, {})),
            is_anonymous=key[0] in hidden,
        )
        found[key[0]].append(summary)
    return found


def _count_answers(
    sessions: Sequence[ClassSession],
    student: User | int | None,
    answers: Mapping[int, Iterable[GivenAnswer]] | None,
) -> dict[Key, Counter[str]]:
    rows: Any
    if answers is None:
        reports = SelfReport.objects.filter(session__in=sessions)
        reports = reports.filter(student=student) if student else reports
        rows = reports.order_by().values_list("session_id", "student_id", "answer").annotate(count=Count("pk"))
    else:
        rows = ((session_id, each.student_id, each.answer, 1) for session_id, own in answers.items() for each in own)
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for session_id, student_id, answer, count in rows:
        counts[session_id, student_id][answer] += count
    return counts
