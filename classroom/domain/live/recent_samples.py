"""Each student's samples of the last two windows, and what their tile shows for them: the bar counts the tiles."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from classroom.infra.event_types import Tile
from classroom.measures import EXPRESSIONS, UNCERTAIN, UNREAD, WINDOW_S, Sample, mean, shown_by

JUST_READ = ("seen", "uncertain", "no_face")
CAMERA_ON = (*JUST_READ, "waiting")


@dataclass
class StudentSamples:
    """One student's samples, oldest first. `valid_until`: when the window behind their tile loses its oldest sample."""

    samples: deque[Sample] = field(default_factory=deque)
    valid_until: float = -math.inf

    def add(self, sample: Sample) -> None:
        self.samples.append(sample)
        self.valid_until = -math.inf

    def between(self, start: float, end: float) -> list[Sample]:
        """The samples from `start` until before `end`."""
        return [sample for sample in self.samples if start <= sample.at < end]

    def last_window(self, now: float) -> list[Sample]:
        return [sample for sample in self.samples if sample.at > now - WINDOW_S]

    def show(self, tile: Tile, now: float) -> Tile:
        """Return the tile as it looks now."""
        window = self.last_window(now)
        self.valid_until = window[0].at + WINDOW_S if window else math.inf
        return show(tile, window)


@dataclass
class RecentSamples:
    by_student: dict[int, StudentSamples] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(each.samples) for each in self.by_student.values())

    def of(self, student_id: int) -> StudentSamples:
        return self.by_student.setdefault(student_id, StudentSamples())

    def shown_between(self, start: float, end: float) -> Iterator[tuple[int, str]]:
        """Yield what each student with samples in that time shows, computed by the same function as the tiles."""
        for student_id, each in self.by_student.items():
            if window := each.between(start, end):
                yield student_id, shown_by(window)

    def drop_before(self, at: float) -> None:
        for each in self.by_student.values():
            while each.samples and each.samples[0].at < at:
                each.samples.popleft()


def show(tile: Tile, window: Sequence[Sample]) -> Tile:
    """Return the tile of a student with these samples in the last WINDOW_S. Without a camera it shows no expression."""
    if tile["state"] not in CAMERA_ON:
        return {**tile, "expression": None, "uncertain": None, "confidence": None, "probabilities": None}
    found = shown_by(window) if window else None
    probabilities = mean(sample.probabilities for sample in window if sample.probabilities is not None)
    reasons = [sample.uncertain for sample in window if sample.uncertain]
    return {
        **tile,
        "state": "waiting" if found is None else {UNCERTAIN: "uncertain", UNREAD: "no_face"}.get(found, "seen"),
        "expression": found if found in EXPRESSIONS else None,
        "uncertain": reasons[-1] if found == UNCERTAIN else None,
        "confidence": max(probabilities.values()) if probabilities else None,
        "probabilities": probabilities,
    }


def counts_as(tile: Tile) -> str:
    """Return what the student of a tile counts as in the class's bar: exactly what the tile shows."""
    if tile["state"] == "seen" and tile["expression"]:
        return tile["expression"]
    return UNCERTAIN if tile["state"] == "uncertain" else UNREAD
