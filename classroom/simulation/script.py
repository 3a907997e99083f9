"""The pictures that the cameras of a simulated class show, and from which second on."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Frames = Sequence[bytes]


@dataclass(frozen=True)
class Act:
    """From `begins_s` on, student n shows cast[n % len(cast)]: JPEGs, repeated in order."""

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

    def camera(self, student: int, clock: Callable[[], float] = time.monotonic) -> Iterator[bytes]:
        """Yield one student's frames, starting with the first request; each student starts at a different frame."""
        began = clock()
        for position in itertools.count(student):
            elapsed_s = clock() - began
            act = [act for act in self.acts if act.begins_s <= elapsed_s][-1]
            frames = act.cast[student % len(act.cast)]
            yield frames[position % len(frames)]


def parse_script(text: str) -> list[tuple[float, list[str]]]:
    """`happy+neutral,angry@60,happy@90` → [(0, [happy, neutral]), (60, [angry]), (90, [happy])]. Raises ValueError."""
    acts = []
    for part in text.split(","):
        names, _, seconds = part.partition("@")
        acts.append((float(seconds or 0), [name.strip() for name in names.split("+")]))
    begins = [seconds for seconds, _ in acts]
    if begins[0] != 0 or begins != sorted(set(begins)):
        raise ValueError("the first act begins at 0 and every further one later than the one before")
    return acts
