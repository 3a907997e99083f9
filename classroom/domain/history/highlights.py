"""Moments of a session that are worth another look, found by a stated rule. No statement about anyone's feelings.

A minute is a moment worth revisiting
- when an alert about the class fired in it,
- when at least two students, and a tenth of those present, newly said that they are lost or that it goes too fast, or
- when the share of negative expressions in it is at least RISE above that of the five minutes before (of those that
  there are, from one minute on), with at least half of those present seen in both.
A course without cameras has negative expressions and alerts about them in none.
The strongest MOST of them are kept, none within APART_S of a stronger one. Alerts come first; answers weigh by the
share of students who gave them, rises by their size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from classroom.domain.history.timeline import Window
from classroom.measures import WINDOW_S, Said, negative_share

MOST = 5
APART_S = 180
MINUTE_S = 60
BEFORE_S = 300
RISE = 0.15
CALLS = ("lost", "too_fast")
MIN_CALLS = 2
CALLS_OF = 10


@dataclass(frozen=True)
class Moment:
    """`at`: seconds since 1970. kind: `alert` (`what` is the alert's kind), `answers` (`count` students called) or
    `negative` (the share was `before` and became `share`). On average `seen` of `present` students stand behind it."""

    at: int
    kind: str
    weight: float
    seen: int
    present: int
    what: str = ""
    count: int = 0
    before: float | None = None
    share: float | None = None


def moments(
    *, windows: Sequence[Window], said: Iterable[Said], class_alerts: Iterable[tuple[float, str]]
) -> list[Moment]:
    """At most MOST, in their order. `class_alerts`: when each fired and its kind."""
    found = [*_alerts(windows, class_alerts), *_calls(windows, said), *_rises(windows)]
    kept: list[Moment] = []
    for moment in sorted(found, key=lambda each: (-each.weight, each.at)):
        if len(kept) < MOST and all(abs(moment.at - other.at) >= APART_S for other in kept):
            kept.append(moment)
    return sorted(kept, key=lambda each: each.at)


def _alerts(windows: Sequence[Window], class_alerts: Iterable[tuple[float, str]]) -> Iterable[Moment]:
    for at, kind in class_alerts:
        seen, present = _coverage(_within(windows, at - MINUTE_S, at))
        yield Moment(int(at), "alert", 2.0, seen, present, what=kind)


def _calls(windows: Sequence[Window], said: Iterable[Said]) -> Iterable[Moment]:
    by_minute: dict[int, set[int]] = {}
    for each in said:
        if each.answer in CALLS:
            by_minute.setdefault(int(each.at // MINUTE_S) * MINUTE_S, set()).add(each.student_id)
    for at, students in by_minute.items():
        seen, present = _coverage(_within(windows, at, at + MINUTE_S))
        if len(students) >= MIN_CALLS and len(students) * CALLS_OF >= present:
            weight = len(students) / max(present, len(students))
            yield Moment(at, "answers", weight, seen, present, count=len(students))


def _rises(windows: Sequence[Window]) -> Iterable[Moment]:
    """The minutes are counted from the first window; an unfinished one is none."""
    before: list[Window] = []
    # Of a long time with nobody there a timeline leaves windows out, so time is counted and not windows.
    for minute, group in groupby(windows, lambda window: (window["at"] - windows[0]["at"]) // MINUTE_S):
        now = list(group)
        at = windows[0]["at"] + minute * MINUTE_S
        before = _within(before, at - BEFORE_S, at)
        earlier, share = _negative(before), _negative(now)
        before = [*before, *now][-(BEFORE_S // WINDOW_S) :]
        if len(now) * WINDOW_S < MINUTE_S or earlier is None or share is None or share - earlier < RISE:
            continue
        seen, present = _coverage(now)
        yield Moment(at, "negative", share - earlier, seen, present, before=earlier, share=share)


def _negative(windows: Sequence[Window]) -> float | None:
    """The mean negative share over the windows, each weighing as many students as were seen; None with under half of
    those present seen."""
    seen = sum(window["seen"] for window in windows)
    if not seen or seen * 2 < sum(window["present"] for window in windows):
        return None
    negative = 0.0
    for window in windows:
        if window["probabilities"]:
            negative += window["seen"] * negative_share(window["probabilities"])
    return negative / seen


def _coverage(windows: Sequence[Window]) -> tuple[int, int]:
    """How many were seen and present on average."""
    if not windows:
        return 0, 0
    return (
        round(sum(window["seen"] for window in windows) / len(windows)),
        round(sum(window["present"] for window in windows) / len(windows)),
    )


def _within(windows: Sequence[Window], start: float, end: float) -> list[Window]:
    return [window for window in windows if start <= window["at"] < end]
