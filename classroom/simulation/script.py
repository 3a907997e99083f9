"""What the cameras of a simulated class show, and from when on."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Frames = Sequence[bytes]


@dataclass(frozen=True)
class Act:
    """From `begins_s` on, student n shows cast[n % len(cast)]: JPEGs, again and again."""

    begins_s: float
    cast: Sequence[Frames]


@dataclass(frozen=True)
class Script:
    """Acts in their order; the first begins at 0."""

    acts: Sequence[Act]

    @classmethod
    def of_one(cls, frames: Frames) -> "Script":
        """Everybody shows the same frames all the time."""
        return cls([Act(0.0, [frames])])

    def camera(self, student: int, clock: Callable[[], float] = time.monotonic) -> Iterator[bytes]:
        """The pictures of one student from the first asked for on; each student begins at another one."""
        began = clock()
        for place in itertools.count(student):
            frames = self._act(clock() - began).cast
            shown = frames[student % len(frames)]
            yield shown[place % len(shown)]

    def _act(self, elapsed_s: float) -> Act:
        return [act for act in self.acts if act.begins_s <= elapsed_s][-1]


def parsed_script(text: str) -> list[tuple[float, list[str]]]:
    """`happy+neutral,angry@60,happy@90` → [(0, [happy, neutral]), (60, [angry]), (90, [happy])]. Raises ValueError."""
    acts = [_parsed_act(part) for part in text.split(",")]
    begins = [seconds for seconds, _ in acts]
    if begins[0] != 0 or begins != sorted(set(begins)):
        raise ValueError("the first act begins at 0 and every further one later than the one before")
    return acts


def _parsed_act(text: str) -> tuple[float, list[str]]:
    names, _, seconds = text.partition("@")
    return float(seconds or 0), [name.strip() for name in names.split("+")]
