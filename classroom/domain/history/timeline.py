"""Timelines of a session, for the class and for each student, with one point per window."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any, TypedDict

from django.db.models import QuerySet

from accounts.models import User
from classroom.domain.anonymity.groups import MINUTE_S
from classroom.domain.anonymity.publishing import published_counts
from classroom.domain.history.student_windows import StudentWindow, student_windows
from classroom.domain.history.watermark import is_fully_rolled_up, watermark
from classroom.measures import (
    EXPRESSIONS,
    TREND_LENGTH,
    UNREAD,
    WINDOW_S,
    Counts,
    Probabilities,
    count_shown,
    last_closed_window,
    merge_intervals,
    seen_count,
    valence,
    window_start,
)
from classroom.models import ClassSession, ClassWindow, Stay
from classroom.models.attendance import stay_end
from classroom.models.reading import CERTAIN
from classroom.models.windows import WindowStart

# A longer gap with nobody present shows only its first and last window: a session may be left open for days.
LONGEST_GAP = 3600 // WINDOW_S


class Window(TypedDict):
    """One point of a timeline; `at` is the window's start in seconds since 1970. `counts` has each of the `present`
    students once, by what their tile shows. A window of the class that was stored before students were counted, and
    whose readings are gone, has None, and its students' mean in `probabilities`; so has a window of one student, for
    their detail. In an anonymous class, `counts` and `seen` are those of the published minute, or None without one."""

    at: int
    counts: Counts | None
    probabilities: Probabilities | None
    seen: int | None
    present: int


def class_timeline(*, session: ClassSession, until: datetime) -> list[Window]:
    """Every window of the session that has closed by `until`, or of the whole session once it has ended. A gap of more
    than LONGEST_GAP windows with nobody present shows only the first and the last of them.

    Windows before the watermark come from the roll-ups, the rest from the readings: the figures are the same.
    """
    starts = _window_starts(session, until)
    if session.is_anonymous:
        return _fill_gaps(_published_windows(session, starts, until), starts)
    if is_fully_rolled_up(session):
        return _fill_gaps([to_window(row) for row in session.windows.all()], starts)
    since = watermark(session)
    stored: list[Window] = []
    if session.rolled_up_until is not None:
        rows = session.windows.filter(at__lt=datetime.fromtimestamp(since, UTC))
        stored = [to_window(row) for row in rows]
    return _fill_gaps(stored + occupied_windows(session=session, since=since, until=until), starts)


def _published_windows(session: ClassSession, starts: range, until: datetime) -> list[Window]:
    """The windows of an anonymous class in which anyone was present. Readings reveal nothing about presence here."""
    minutes = published_counts(session=session)
    present_in = _present(Stay.objects.filter(attendance__session=session), (), until, starts)
    return [
        published_window(at=at, counts=minutes.get(at // MINUTE_S * MINUTE_S), present=present)
        for at, present in sorted(present_in.items())
    ]


def published_window(*, at: int, counts: Counts | None, present: int) -> Window:
    """A window of an anonymous class, with the counts of its minute if they are published."""
    if counts is None:
        return {"at": at, "counts": None, "probabilities": None, "seen": None, "present": present}
    seen = seen_count(counts)
    with_others = {**counts, UNREAD: max(0, present - seen)}
    return {"at": at, "counts": with_others, "probabilities": None, "seen": seen, "present": present}


def presence_timeline(*, session: ClassSession, student: User | int, until: datetime) -> list[Window]:
    """One student's windows for the staff of an anonymous class: present or not, and nothing that was read."""
    starts = _window_starts(session, until)
    stays = Stay.objects.filter(attendance__session=session, attendance__student=student)
    present_in = _present(stays, (), until, starts)
    windows = [published_window(at=at, counts=None, present=present) for at, present in sorted(present_in.items())]
    return _fill_gaps(windows, starts)


def student_timeline(*, session: ClassSession, student: User | int, until: datetime) -> list[Window]:
    """The same windows for one student, from the student's readings: `seen` and `present` are 0 or 1."""
    starts = _window_starts(session, until)
    windows = occupied_windows(session=session, since=starts.start, until=until, student=student)
    return _fill_gaps(windows, starts)


def occupied_windows(
    *, session: ClassSession, since: int, until: datetime, student: User | int | None = None
) -> list[Window]:
    """The windows from `since` (a window's start) onwards in which anyone, or the one student, was present or seen.
    They come from the readings and stays, with two queries."""
    starts = window_starts_since(session, since, until)
    if not starts:
        return []
    readings = session.readings.filter(captured_at__gte=datetime.fromtimestamp(since, UTC))
    stays = Stay.objects.filter(attendance__session=session)
    if student is not None:
        readings, stays = readings.filter(student=student), stays.filter(attendance__student=student)
    read = student_windows(readings)
    windows = build_windows(read, stays=stays, until=until, starts=starts)
    if student is None:
        return windows
    means = {each.at: each.mean for each in read}
    return [{**window, "probabilities": means.get(window["at"])} for window in windows]


def build_windows(
    read: Sequence[StudentWindow], *, stays: QuerySet[Stay], until: datetime, starts: range
) -> list[Window]:
    """The windows among `starts` in which anyone was present or read. One query."""
    shown_in: dict[int, list[str]] = defaultdict(list)
    for each in read:
        shown_in[each.at].append(each.shown)
    windows: list[Window] = []
    for at, present in sorted(_present(stays, read, until, starts).items()):
        counts = count_shown(shown_in[at], present=present)
        windows.append(
            {"at": at, "counts": counts, "probabilities": None, "seen": seen_count(counts), "present": present}
        )
    return windows


def window_starts_since(session: ClassSession, since: int, until: datetime) -> range:
    """The starts of the session's windows from `since` onwards."""
    starts = _window_starts(session, until)
    return range(min(max(starts.start, since), starts.stop), starts.stop, WINDOW_S)


def to_window(row: ClassWindow) -> Window:
    return {
        "at": int(row.at.timestamp()),
        "counts": row.counts,
        "probabilities": row.probabilities,
        "seen": row.seen,
        "present": row.present,
    }


def trends(*, session: ClassSession, since: datetime) -> dict[int, list[float]]:
    """The valence of each student's certain readings since then, oldest first, at most TREND_LENGTH."""
    found: dict[int, list[float]] = defaultdict(list)
    rows = session.readings.filter(CERTAIN, captured_at__gte=since).order_by("captured_at")
    for row in rows.values("student_id", *EXPRESSIONS):
        found[row["student_id"]].append(round(valence(row), 3))
    return {student_id: values[-TREND_LENGTH:] for student_id, values in found.items()}


def _window_starts(session: ClassSession, until: datetime) -> range:
    """The starts of the session's windows; `stop` is where the last one ends."""
    first = window_start(session.started_at.timestamp())
    last = window_start(session.ended_at.timestamp()) if session.ended_at else last_closed_window(until.timestamp())
    return range(first, max(first, last + WINDOW_S), WINDOW_S)


def _fill_gaps(windows: Iterable[Window], starts: range) -> list[Window]:
    """The windows in order, with empty ones filling the gaps between them and at both ends."""
    found: list[Window] = []
    occupied = {
        window["at"]: window for window in windows if window["at"] in starts and (window["present"] or window["seen"])
    }
    for one, other in pairwise([starts.start - WINDOW_S, *occupied, starts.stop]):
        gap = range(one + WINDOW_S, other, WINDOW_S)
        shown: Iterable[int] = gap if len(gap) <= LONGEST_GAP else (gap[0], gap[-1])
        found += [
            {"at": at, "counts": count_shown([], present=0), "probabilities": None, "seen": 0, "present": 0}
            for at in shown
        ]
        if other in occupied:
            found.append(occupied[other])
    return found


def stay_windows(stays: QuerySet[Stay], until: datetime) -> Any:
    """Return (student, first window, last window) of the stays. Any number of a student's short stays within the same
    windows are one row."""
    first, last = (WindowStart(moment, seconds=WINDOW_S) for moment in ("joined_at", stay_end(until)))
    rows = stays.annotate(first=first, last=last).order_by()
    return rows.values_list("attendance__student_id", "first", "last").distinct()


def _present(stays: QuerySet[Stay], read: Iterable[StudentWindow], until: datetime, starts: range) -> Counter[int]:
    """The number of students present in each window, without empty windows. A student is present in every window that a
    stay touches or in which they were read, because a lost connection ends its stay at the last heartbeat and snapshots
    may have come later."""
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    read_spans = [(each.student_id, each.at, each.at) for each in read]
    for student_id, first, last in (*stay_windows(stays, until), *read_spans):
        span = (max(first, starts.start), min(last + WINDOW_S, starts.stop))
        if span[0] < span[1]:
            spans[student_id].append(span)
    changes: Counter[int] = Counter()
    for of_student in spans.values():
        for first, end in merge_intervals(of_student):
            changes[first] += 1
            changes[end] -= 1
    edges = sorted(changes)
    counts = accumulate(changes[at] for at in edges)
    return Counter(
        {
            at: count
            for (start, end), count in zip(pairwise(edges), counts, strict=False)
            if count
            for at in range(start, end, WINDOW_S)
        }
    )
