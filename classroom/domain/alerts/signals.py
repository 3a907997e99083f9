"""The values that alerts are about, moment by moment, from the readings and stays of a session."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
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
from classroom.measures import (
    LOOK_BACK_S,
    NEGATIVE,
    NEGATIVE_BOUND,
    class_negative_share,
    gone_ratio,
    merged,
    negative_share,
    recent,
    share,
    smoothed,
)
from classroom.models import ClassSession, Stay

# A session is looked at in pieces of this length: it bounds the readings in memory.
PIECE_S = 900
LONG_S = 120
# Which rule, and which student; None for the class.
Key = tuple[str, int | None]


@dataclass(frozen=True)
class Look:
    """The values of one moment; a key is left out where too little was seen. The counts are behind the class's values:
    `negative` of the `seen` students, `present` of the `peak` students who were here at most so far."""

    at: int
    values: dict[Key, float]
    seen: int
    negative: int
    present: int
    peak: int


@dataclass
class _Track:
    """One student's readings in order: had it a face, and the negative share where an expression could be told."""

    moments: list[float] = field(default_factory=list)
    faces: list[bool] = field(default_factory=list)
    negative: list[float | None] = field(default_factory=list)


def looks(*, session: ClassSession, after: float, until: float, peak: int, now: datetime) -> Iterator[Look]:
    """A look at every STEP_S after the one moment up to the other, in seconds since 1970. Two queries."""
    tracks = _tracks(session, after - LOOK_BACK_S, until)
    arrivals, departures = _comings_and_goings(session, after, until, now)
    if not tracks and max(peak, len(arrivals)) < MIN_PRESENT:
        # Nothing can be known; once every rule has given up for that, more of it changes nothing.
        until = min(until, after + 2 * UNKNOWN_S)
    for at in range(int(after // STEP_S + 1) * STEP_S, int(until) + 1, STEP_S):
        present = bisect_right(arrivals, at) - bisect_right(departures, at)
        peak = max(peak, present)
        yield _look(at, tracks, present, peak)


def piece_end(*, session: ClassSession, after: float, end: float) -> float:
    """Where the piece from `after` on ends, `end` at the latest. One in which nothing is read goes on until something
    is, so that a session forgotten for days is no thousand pieces."""
    if end - after <= PIECE_S:
        return end
    following = session.readings.filter(captured_at__gt=moment(after)).aggregate(at=Min("captured_at"))["at"]
    return min(end, max(after + PIECE_S, following.timestamp() if following else end))


def _look(at: int, tracks: dict[int, _Track], present: int, peak: int) -> Look:
    values: dict[Key, float] = {}
    negatives: list[float] = []
    for student_id, track in tracks.items():
        of_window = recent(track.moments, at)
        if not of_window.stop:
            continue
        values[STUDENT_AWAY, student_id] = share(not face for face in track.faces[of_window]) or 0.0
        negative = _negative(track, of_window, at)
        if negative is not None:
            values[STUDENT_NEGATIVE, student_id] = negative
            negatives.append(negative)
    if len(negatives) >= MIN_SEEN:
        values[CLASS_NEGATIVE, None] = class_negative_share(negatives) or 0.0
    if peak >= MIN_PRESENT:
        values[PRESENCE_LOW, None] = gone_ratio(present=present, peak=peak) or 0.0
    beyond = sum(value > NEGATIVE_BOUND for value in negatives)
    return Look(at, values, seen=len(negatives), negative=beyond, present=present, peak=peak)


def _negative(track: _Track, of_window: slice, at: float) -> float | None:
    pairs = zip(track.moments[of_window], track.negative[of_window], strict=True)
    return smoothed(((moment, value) for moment, value in pairs if value is not None), at)


def _tracks(session: ClassSession, after: float, until: float) -> dict[int, _Track]:
    tracks: dict[int, _Track] = {}
    rows: Any = session.readings.filter(captured_at__gt=moment(after), captured_at__lte=moment(until))
    rows = rows.order_by("captured_at").values_list("student_id", "captured_at", "faces", "uncertain", *NEGATIVE)
    # A cursor keeps a long piece out of memory; for the seconds of a running session it is four round trips too many.
    rows = rows.iterator() if until - after > LONG_S else rows
    for student_id, captured_at, faces, uncertain, *negatives in rows:
        track = tracks.setdefault(student_id, _Track())
        track.moments.append(captured_at.timestamp())
        track.faces.append(faces > 0)
        certain = faces and not uncertain
        track.negative.append(negative_share(dict(zip(NEGATIVE, negatives, strict=True))) if certain else None)
    return tracks


def _comings_and_goings(
    session: ClassSession, after: float, until: float, now: datetime
) -> tuple[list[float], list[float]]:
    """When students came and went, each in order. Stays that overlap, where a clock was set back, count once."""
    stays = Stay.objects.filter(attendance__session=session, joined_at__lte=moment(until)).exclude(
        left_at__lte=moment(after)
    )
    found = list(stays)
    by_student: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for stay in found:
        ended = stay.ended_by(now)
        is_over = stay.left_at or ended < now
        by_student[stay.attendance_id].append((stay.joined_at.timestamp(), ended.timestamp() if is_over else math.inf))
    there = [each for of_student in by_student.values() for each in merged(of_student)]
    return sorted(start for start, _ in there), sorted(end for _, end in there)


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
