"""Reads the faces of one shot after the other and hands what it saw to whoever keeps or shows it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from emotions.video.drawing import annotated, label
from emotions.video.sources import Shot, Source
from emotions.video.tracking import FollowedFace, Tracker

if TYPE_CHECKING:
    # OpenCV and LiteRT take a second to import; who only names a wrong file should not wait for it.
    from emotions.recognition import Recogniser

# Of several faces the one followed stays until another is this much larger; without it two alike would take turns.
CLEARLY_LARGER = 1.2


@dataclass(frozen=True)
class Seen:
    """A shot and the faces in it, the largest first."""

    shot: Shot
    faces: tuple[FollowedFace, ...]

    @cached_property
    def annotated(self) -> NDArray[np.uint8]:
        """The image with boxes and labels, [height, width, 3] uint8, blue-green-red."""
        return annotated(self.shot.image, self.faces)


class Sink(Protocol):
    """Takes what was seen, as it comes; close keeps what was taken so far whole, and may be called at any time."""

    def take(self, seen: Seen) -> None: ...

    def close(self) -> None: ...


def watched(source: Source, recogniser: "Recogniser", *, only_one: bool = False) -> Iterator[Seen]:
    """The faces of each shot, followed through a video, numbered from 1 in each picture. Raises SourceLost.

    only_one: leave out all but the largest face.
    """
    tracker = Tracker()
    chosen: int | None = None
    for shot in source.shots:
        if source.pictures:
            tracker, chosen = Tracker(), None
        faces = tracker.follow(recogniser.recognise_frames([shot.image])[0].faces, shot.time_s)
        if only_one:
            faces = _largest(faces, chosen)
            chosen = faces[0].id if faces else chosen
        yield Seen(shot, faces)


def _largest(faces: Sequence[FollowedFace], chosen: int | None) -> tuple[FollowedFace, ...]:
    """The largest face, or the one chosen before while none is clearly larger; nothing of nothing."""
    largest = max(faces, key=lambda face: face.area, default=None)
    if largest is None:
        return ()
    before = next((face for face in faces if face.id == chosen), largest)
    return (largest if largest.area > CLEARLY_LARGER * before.area else before,)


def limited(seen: Iterable[Seen], *, seconds: float | None = None, frames: int | None = None) -> Iterator[Seen]:
    """The first so many seconds of the source's own time, or frames, whichever is less."""
    for number, moment in enumerate(seen, start=1):
        if seconds is not None and moment.shot.time_s >= seconds:
            return
        yield moment
        # Before the next is asked for: a camera would make one wait for it.
        if frames is not None and number >= frames:
            return


def at_its_own_pace(seen: Iterable[Seen]) -> Iterator[Seen]:
    """The same, none before its time: for a video that people look at."""
    start = time.monotonic()
    for moment in seen:
        time.sleep(max(0.0, start + moment.shot.time_s - time.monotonic()))
        yield moment


@dataclass
class Tally:
    """Counts what was seen."""

    frames: int = 0
    readings: int = 0

    def take(self, seen: Seen) -> None:
        self.frames += 1
        self.readings += len(seen.faces)

    def close(self) -> None:
        pass


class Changes:
    """Writes a line for each face whose expression, or the doubt about it, is another than in the frame before."""

    def __init__(self, write: Callable[[str], object], *, pictures: bool) -> None:
        self._write = write
        self._pictures = pictures
        self._before: dict[tuple[str, int], str] = {}

    def take(self, seen: Seen) -> None:
        where = seen.shot.file if self._pictures else f"{seen.shot.time_s:.1f} s"
        for followed in seen.faces:
            state = followed.face.uncertain or followed.face.expression
            key = (seen.shot.file, followed.id)
            if self._before.get(key) != state:
                self._before[key] = state
                self._write(f"{where}: {label(followed)}")

    def close(self) -> None:
        pass
