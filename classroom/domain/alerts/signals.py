"""The values that alert rules judge, every STEP_S, from the readings and stays of a session."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Min

from classroom.alert_rules import (
    CLASS_NEGATIVE,
    MIN_PRESENT,
    MIN_SEEN,
    PRESENCE_LOW,
    STEP_S,
    STUDENT_AWAY,
    STUDENT_NEGATIVE,
    UNKNOWN_S,
)
from classroom.domain.anonymity.groups import MINUTE_S
from classroom.domain.anonymity.publishing import DELAY_S, published_counts
from classroom.measures import (
    EXPRESSIONS,
    LOOK_BACK_S,
    NEGATIVE,
    Counts,
    GivenAnswer,
    Probabilities,
    departed_share,
    merge_intervals,
    negative_count,
    negative_of_seen,
    negative_share,
    recent,
    seen_count,
    share,
    shown,
    smoothed,
)
from classroom.models import ClassSession, SelfReport, Stay
from classroom.models.attendance import lost_before
from classroom.models.self_report import REPORT_HOLDS

ALL_GOOD = SelfReport.Answer.ALL_GOOD
# A session is evaluated in batches of this length, which bounds the readings in memory.
BATCH_S = 900
LONG_S = 120
# The rule, and the student or None for the class.
Key = tuple[str, int | None]


@dataclass(frozen=True)
class AlertSignals:
    """The values at one time; a key is missing if too little was seen. The counts are behind the class's values:
    `negative` of the `seen` students look negative; `present` are here of the `peak`, the most students who were
    present at once so far."""

    at: int
    values: dict[Key, float]
    seen: int
    negative: int
    present: int
    peak: int


@dataclass
class Track:
    """One student's readings in order: whether they had a face, and its probabilities if its expression is certain."""

    times: list[float] = field(default_factory=list)
    faces: list[bool] = field(default_factory=list)
    probabilities: list[Probabilities | None] = field(default_factory=list)


@dataclass
class Answers:
    """Each student's answers, oldest first."""

    by_student: defaultdict[int, list[GivenAnswer]] = field(default_factory=lambda: defaultdict(list))

    def all_good_at(self, at: float) -> set[int]:
        """The students whose current answer is “all good”."""
        count_until = {pk: bisect_right(own, at, key=lambda each: each.at) for pk, own in self.by_student.items()}
        current = {pk: self.by_student[pk][count - 1] for pk, count in count_until.items() if count}
        holds_s = REPORT_HOLDS.total_seconds()
        return {pk for pk, each in current.items() if each.answer == ALL_GOOD and at < each.at + holds_s}


def signals_between(
    *, session: ClassSession, after: float, until: float, peak: int, now: datetime
) -> Iterator[AlertSignals]:
    """Yield the signals at every STEP_S in (after, until], in seconds since 1970. Three queries."""
    minutes = published_counts(session=session) if session.is_anonymous else {}
    tracks = {} if session.is_anonymous else _load_tracks(session, after - LOOK_BACK_S, until)
    answers = _load_answers(session, after, until)
    arrivals, departures = _load_arrivals_and_departures(session, after, until, now)
    if not tracks and not minutes and max(peak, len(arrivals)) < MIN_PRESENT:
        # Nothing can be known. Once every rule has given up because of that, more of it changes nothing.
        until = min(until, after + 2 * UNKNOWN_S)
    for at in range(int(after // STEP_S + 1) * STEP_S, int(until) + 1, STEP_S):
        present = bisect_right(arrivals, at) - bisect_right(departures, at)
        peak = max(peak, present)
        if session.is_anonymous:
            yield published_signals_at(at, minutes, present=present, peak=peak)
        else:
            yield signals_at(at, tracks, all_good=answers.all_good_at(at), present=present, peak=peak)


def published_signals_at(at: int, minutes: Mapping[int, Counts], *, present: int, peak: int) -> AlertSignals:
    """The values of an anonymous class, from the last minute that is final by then. Answers do not affect them, because
    students give them by name."""
    counts = minutes.get((at - DELAY_S) // MINUTE_S * MINUTE_S - MINUTE_S)
    values: dict[Key, float] = {}
    if counts:
        values[CLASS_NEGATIVE, None] = negative_of_seen(counts) or 0.0
    if peak >= MIN_PRESENT:
        values[PRESENCE_LOW, None] = departed_share(present=present, peak=peak) or 0.0
    seen, negative = (seen_count(counts), negative_count(counts)) if counts else (0, 0)
    return AlertSignals(at, values, seen=seen, negative=negative, present=present, peak=peak)


def signals_at(at: int, tracks: Mapping[int, Track], *, all_good: Set[int], present: int, peak: int) -> AlertSignals:
    """The students of `all_good` say that all is good. That outranks their faces, so they count as not negative."""
    values: dict[Key, float] = {}
    is_negative: list[bool] = []
    for student_id, track in tracks.items():
        window = recent(track.times, at)
        if not window.stop:
            continue
        values[STUDENT_AWAY, student_id] = share(not face for face in track.faces[window]) or 0.0
        readings = zip(track.times[window], track.probabilities[window], strict=True)
        average = smoothed(((time, value) for time, value in readings if value is not None), at)
        if average is not None:
            is_good = student_id in all_good
            # Round, so that a share exactly at a threshold counts as at it.
            values[STUDENT_NEGATIVE, student_id] = 0.0 if is_good else round(negative_share(average), 9)
            is_negative.append(not is_good and shown(average, has_face=True) in NEGATIVE)
    if len(is_negative) >= MIN_SEEN:
        values[CLASS_NEGATIVE, None] = share(is_negative) or 0.0
    if peak >= MIN_PRESENT:
        values[PRESENCE_LOW, None] = departed_share(present=present, peak=peak) or 0.0
    return AlertSignals(at, values, seen=len(is_negative), negative=sum(is_negative), present=present, peak=peak)


def batch_end(*, session: ClassSession, after: float, end: float) -> float:
    """Return the end of the batch that follows `after`, at most `end`. A batch without readings extends to the next one
    with some, so that a session left open for days does not take a thousand batches."""
    if end - after <= BATCH_S:
        return end
    following = session.readings.filter(captured_at__gt=to_datetime(after)).aggregate(at=Min("captured_at"))["at"]
    return min(end, max(after + BATCH_S, following.timestamp() if following else end))


def to_datetime(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _load_tracks(session: ClassSession, after: float, until: float) -> dict[int, Track]:
    tracks: dict[int, Track] = {}
    rows: Any = session.readings.filter(captured_at__gt=to_datetime(after), captured_at__lte=to_datetime(until))
    rows = rows.order_by("captured_at").values_list("student_id", "captured_at", "faces", "uncertain", *EXPRESSIONS)
    # A cursor saves memory in a long batch; for the few seconds of a running session it costs four extra round trips.
    rows = rows.iterator() if until - after > LONG_S else rows
    for student_id, captured_at, faces, uncertain, *values in rows:
        track = tracks.setdefault(student_id, Track())
        track.times.append(captured_at.timestamp())
        track.faces.append(faces > 0)
        certain = faces and not uncertain
        track.probabilities.append(dict(zip(EXPRESSIONS, values, strict=True)) if certain else None)
    return tracks


def _load_answers(session: ClassSession, after: float, until: float) -> Answers:
    """The answers in force at any time in (after, until]."""
    reports = SelfReport.objects.filter(
        session=session, at__gt=to_datetime(after) - REPORT_HOLDS, at__lte=to_datetime(until)
    )
    answers = Answers()
    for student_id, at, answer in reports.order_by("at", "pk").values_list("student_id", "at", "answer"):
        answers.by_student[student_id].append(GivenAnswer(student_id=student_id, at=at.timestamp(), answer=answer))
    return answers


def _load_arrivals_and_departures(
    session: ClassSession, after: float, until: float, now: datetime
) -> tuple[list[float], list[float]]:
    """Return when students came and went, each in order. Stays that overlap because a clock was set back count once."""
    stays = Stay.objects.filter(attendance__session=session, joined_at__lte=to_datetime(until)).exclude(
        left_at__lte=to_datetime(after)
    )
    by_attendance: dict[int, list[tuple[float, float]]] = defaultdict(list)
    lost = lost_before(now)
    for stay in stays:
        ended = stay.ended_by(now, lost=lost)
        leaves_at = ended.timestamp() if stay.left_at or ended < now else math.inf
        by_attendance[stay.attendance_id].append((stay.joined_at.timestamp(), leaves_at))
    present = [interval for intervals in by_attendance.values() for interval in merge_intervals(intervals)]
    return sorted(start for start, _ in present), sorted(end for _, end in present)
