"""The pictures that the cameras of a simulated class show, and from which second."""

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

# Seconds since the class began.
Elapsed = Callable[[], float]
FRAMES_PER_DRAWING = 16


class Frames(Protocol):
    """The contents of snapshots: JPEGs, or what a browser has found in them (on_device.py)."""

    def __len__(self) -> int: ...

    def __getitem__(self, position: int, /) -> bytes: ...


class KeptFrames:
    """Frames that are made when first shown, and then kept: making those of a whole lesson takes seconds.
    Thread-safe."""

    def __init__(self, frames: Iterable[bytes], count: int) -> None:
        self._frames = iter(frames)
        self._count = count
        self._kept: list[bytes] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, position: int, /) -> bytes:
        with self._lock:
            self._kept += itertools.islice(self._frames, max(0, position + 1 - len(self._kept)))
        return self._kept[position]


class ClassClock:
    """The time of a simulated class: 0 until it begins."""

    def __init__(self) -> None:
        self.began: float | None = None

    def begin(self) -> None:
        self.began = time.monotonic()

    def elapsed(self) -> float:
        return time.monotonic() - self.began if self.began else 0.0


@dataclass(frozen=True)
class Act:
    """From `begins_s` onwards, student n shows cast[n % len(cast)], repeated in order."""

    begins_s: float
    cast: Sequence[Frames]


@dataclass(frozen=True)
class Script:
    """Acts in order; the first begins at 0."""

    acts: Sequence[Act]

    @classmethod
    def of_one(cls, frames: Frames) -> "Script":
        """Everyone shows the same frames all the time."""
        return cls([Act(0.0, [frames])])

    def camera(self, student: int, elapsed: Elapsed) -> Iterator[bytes]:
        """Yield one student's frames; each student starts at a different one."""
        for position in itertools.count(student):
            act = [act for act in self.acts if act.begins_s <= elapsed()][-1]
            frames = act.cast[student % len(act.cast)]
            yield frames[position % len(frames)]


def parse_script(text: str) -> list[tuple[float, list[str]]]:
    """`happy+neutral,angry@60,happy@90` → [(0, [happy, neutral]), (60, [angry]), (90, [happy])]. Raises ValueError."""
    acts = []
    for part in text.split(","):
        names, _, begin = part.partition("@")
        try:
            seconds = float(begin or 0)
        except ValueError:
            seconds = math.nan
        if not math.isfinite(seconds):
            raise ValueError(f"{part.strip()!r} has no number of seconds after the @, as in happy,angry@60")
        acts.append((seconds, [name.strip() for name in names.split("+")]))
    begins = [seconds for seconds, _ in acts]
    if begins[0] != 0 or begins != sorted(set(begins)):
        raise ValueError("the first act begins at 0 and every further one later than the one before")
    return acts


def drawn_script(
    acts: Sequence[tuple[float, Sequence[str]]],
    students: int,
    prepare: Callable[[Iterable[bytes]], Iterable[bytes]] = iter,
) -> Script:
    """Each student is a different drawn person. In an act, student n shows the n-th expression, repeated in order.

    `prepare` turns the JPEGs of a camera into what is sent. Raises ValueError for an unknown expression.
    """
    from emotions.synthetic.drawn_people import PEOPLE  # noqa: PLC0415  # imports OpenCV
    from emotions.synthetic.webcam import drawn_frames  # noqa: PLC0415

    @cache
    def frames(person: int, expression: str) -> Frames:
        return KeptFrames(prepare(drawn_frames(person, expression, FRAMES_PER_DRAWING)), FRAMES_PER_DRAWING)

    return Script(
        [
            Act(at, [frames(number % len(PEOPLE), names[number % len(names)]) for number in range(students)])
            for at, names in acts
        ]
    )
