"""Reads the faces of one shot after another and passes each result to the sinks that show or save it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from emotions.video.drawing import annotate, label
from emotions.video.sources import Shot, Source
from emotions.video.tracking import TrackedFace, Tracker

if TYPE_CHECKING:
    # OpenCV and LiteRT take a second to import, and an error about a wrong file should not wait for them.
    from emotions.recognition import Recogniser

# The chosen face stays until another is this much larger. Otherwise two of similar size would alternate.
CLEARLY_LARGER = 1.2


@dataclass(frozen=True)
class FrameResult:
    """A shot and the faces in it, largest first."""

    shot: Shot
    faces: tuple[TrackedFace, ...]

    @cached_property
    def annotated(self) -> NDArray[np.uint8]:
        """The image with boxes and labels, [height, width, 3] uint8, blue-green-red."""
        return annotate(self.shot.image, self.faces)


class Sink(Protocol):
    """Receives results one by one. `close` completes what it has received so far, and may be called at any time."""

    def write(self, result: FrameResult) -> None: ...

    def close(self) -> None: ...


def watch_source(source: Source, recogniser: "Recogniser", *, only_one: bool = False) -> Iterator[FrameResult]:
    """Yield the faces of each shot, tracked through a video, numbered from 1 in each picture. Raises SourceLost.

    only_one: drop all but the largest face.
    """
    tracker = Tracker(uncertain_below=recogniser.uncertain_below)
    chosen: int | None = None
    for shot in source.shots:
        if source.pictures:
            tracker, chosen = Tracker(uncertain_below=recogniser.uncertain_below), None
        faces = tracker.update(recogniser.recognise_frames([shot.image])[0].faces, shot.time_s)
        if only_one:
            faces = _largest(faces, chosen)
            chosen = faces[0].id if faces else chosen
        yield FrameResult(shot, faces)


def _largest(faces: Sequence[TrackedFace], chosen: int | None) -> tuple[TrackedFace, ...]:
    """Return the largest face, or the one chosen before while no other is clearly larger, or () without faces."""
    largest = max(faces, key=lambda face: face.area, default=None)
    if largest is None:
        return ()
    before = next((face for face in faces if face.id == chosen), largest)
    return (largest if largest.area > CLEARLY_LARGER * before.area else before,)


def limit(
    results: Iterable[FrameResult], *, seconds: float | None = None, frames: int | None = None
) -> Iterator[FrameResult]:
    """Stop after this many seconds of the source's own time, or this many frames, whichever comes first."""
    for count, result in enumerate(results, start=1):
        if seconds is not None and result.shot.time_s >= seconds:
            return
        yield result
        # Stop before requesting the next frame: a camera would make us wait for it.
        if frames is not None and count >= frames:
            return


def in_real_time(results: Iterable[FrameResult]) -> Iterator[FrameResult]:
    """Delay each result until its time, for a video that people watch."""
    start = time.monotonic()
    for result in results:
        time.sleep(max(0.0, start + result.shot.time_s - time.monotonic()))
        yield result


@dataclass
class Tally:
    """Counts frames and readings."""

    frames: int = 0
    readings: int = 0

    def write(self, result: FrameResult) -> None:
        self.frames += 1
        self.readings += len(result.faces)

    def close(self) -> None:
        pass


class ChangeLog:
    """Writes a line for each face whose expression, or the doubt about it, has changed since the last frame."""

    def __init__(self, write: Callable[[str], object], *, pictures: bool) -> None:
        self._write = write
        self._pictures = pictures
        self._before: dict[tuple[str, int], str] = {}

    def write(self, result: FrameResult) -> None:
        where = result.shot.file if self._pictures else f"{result.shot.time_s:.1f} s"
        for tracked in result.faces:
            state = tracked.face.uncertain or tracked.face.expression
            key = (result.shot.file, tracked.id)
            if self._before.get(key) != state:
                self._before[key] = state
                self._write(f"{where}: {label(tracked)}")

    def close(self) -> None:
        pass
