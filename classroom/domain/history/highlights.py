"""Highlights: minutes of a session worth revisiting, chosen by a stated rule. They say nothing about how anyone felt.

A minute is a highlight
- when an alert about the class fired in it,
- when at least two students, and a tenth of those present, newly answered that they are lost or that it goes too fast,
- or when its share of students with a negative expression, of those seen, is at least RISE above that of the five
  minutes before (or of as many as there are, at least one), with at least half of those present seen in both.
In a course without cameras there are neither negative expressions nor alerts about them.
At most MAX_HIGHLIGHTS are chosen, the strongest first, none within MIN_DISTANCE_S of a stronger one. Alerts come first;
answers are weighted by the share of students who gave them, rises by their size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from classroom.domain.history.timeline import Window
from classroom.measures import WINDOW_S, GivenAnswer, negative_count, negative_share
from classroom.rounding import whole_count

MAX_HIGHLIGHTS = 5
MIN_DISTANCE_S = 180
MINUTE_S = 60
BASELINE_S = 300
RISE = 0.15
STRUGGLING_ANSWERS = ("lost", "too_fast")
MIN_STRUGGLING = 2
# At least one in this many of those present must be struggling.
STRUGGLING_ONE_IN = 10
ALERT_WEIGHT = 2.0  # above the answers and the rises, which weigh at most 1


@dataclass(frozen=True)
class Highlight:
    """`at`: seconds since 1970. `kind` is `alert` (of `alert_kind`), `answers` (of `count` students) or `negative` (the
    share rose from `before` to `share`). It is based on `seen` of `present` students on average."""

    at: int
    kind: str
    weight: float
    seen: int
    present: int
    alert_kind: str = ""
    count: int = 0
    before: float | None = None
    share: float | None = None

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


def find_highlights(
    *, windows: Sequence[Window], answers: Iterable[GivenAnswer], class_alerts: Iterable[tuple[float, str]]
) -> list[Highlight]:
    """At most MAX_HIGHLIGHTS, in chronological order. `class_alerts`: when each fired, and its kind."""
    candidates = [
        Highlight(int(at), "alert", ALERT_WEIGHT, *_coverage(_between(windows, at - MINUTE_S, at)), alert_kind=kind)
        for at, kind in class_alerts
    ]
    candidates += [*_struggling(windows, answers), *_rises(windows)]
    chosen: list[Highlight] = []
    for candidate in sorted(candidates, key=lambda each: (-each.weight, each.at)):
        if all(abs(candidate.at - other.at) >= MIN_DISTANCE_S for other in chosen):
            chosen.append(candidate)
    return sorted(chosen[:MAX_HIGHLIGHTS], key=lambda each: each.at)


def _struggling(windows: Sequence[Window], answers: Iterable[GivenAnswer]) -> Iterable[Highlight]:
    struggling: dict[int, set[int]] = {}
    for each in answers:
        if each.answer in STRUGGLING_ANSWERS:
            struggling.setdefault(int(each.at // MINUTE_S) * MINUTE_S, set()).add(each.student_id)
    for at, students in struggling.items():
        minute = _between(windows, at, at + MINUTE_S)
        begins = minute[0]["at"] if minute else at  # the class may have begun during the minute
        _, present = _mean_coverage(minute)
        if len(students) >= MIN_STRUGGLING and len(students) * STRUGGLING_ONE_IN >= present:
            weight = len(students) / max(present, len(students))
            yield Highlight(begins, "answers", weight, *_coverage(minute), count=len(students))


def _rises(windows: Sequence[Window]) -> Iterable[Highlight]:
    """Minutes start at the first window; an unfinished one is left out."""
    baseline: list[Window] = []
    # A timeline omits windows while nobody is there for long, so windows are grouped by time, not by number.
    for number, group in groupby(windows, lambda window: (window["at"] - windows[0]["at"]) // MINUTE_S):
        minute = list(group)
        at = windows[0]["at"] + number * MINUTE_S
        baseline = _between(baseline, at - BASELINE_S, at)
        before, share = _mean_negative(baseline), _mean_negative(minute)
        baseline = [*baseline, *minute][-(BASELINE_S // WINDOW_S) :]
        if len(minute) * WINDOW_S < MINUTE_S or before is None or share is None:
            continue
        if round(share - before, 9) < RISE:  # exact at the bound, which a difference of floats is not
            continue
        seen, present = _coverage(minute)
        yield Highlight(at, "negative", share - before, seen, present, before=before, share=share)


def _mean_negative(windows: Sequence[Window]) -> float | None:
    """The share of the students seen whose expression is negative, over all the windows, or None if fewer than half of
    those present were seen."""
    seen = sum(window["seen"] or 0 for window in windows)
    if not seen or seen * 2 < sum(window["present"] for window in windows):
        return None
    return sum(_negative_in(window) for window in windows) / seen


def _negative_in(window: Window) -> float:
    """How many students are negative in the window. If it predates the counting of students, their mean stands in."""
    if window["counts"] is not None:
        return negative_count(window["counts"])
    return (window["seen"] or 0) * negative_share(window["probabilities"]) if window["probabilities"] else 0.0


def _coverage(windows: Sequence[Window]) -> tuple[int, int]:
    """The mean numbers of students seen and present, as pages show them. In an anonymous class, more may be seen: those
    who were counted in a minute and left before its end."""
    seen, present = _mean_coverage(windows)
    return whole_count(seen), whole_count(present)


def _mean_coverage(windows: Sequence[Window]) -> tuple[float, float]:
    """The means over the windows; that of those seen leaves out what an anonymous class does not show."""
    if not windows:
        return 0.0, 0.0
    seen = [window["seen"] for window in windows if window["seen"] is not None]
    present = sum(window["present"] for window in windows)
    return sum(seen) / len(seen) if seen else 0.0, present / len(windows)


def _between(windows: Sequence[Window], start: float, end: float) -> list[Window]:
    return [window for window in windows if start <= window["at"] < end]
