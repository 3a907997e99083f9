"""Tracks faces from frame to frame: each keeps its id, and its probabilities are smoothed over time."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emotions.labels import EXPRESSIONS, Probabilities
from emotions.quality import MIN_TOP_PROBABILITY, doubt
from emotions.results import Face

MEMORY_S = 1.0
SMOOTHING_S = 0.4

# The greatest distance of a face from its expected place, in sides of the face: initially, and per second out of view.
REACH = 0.6
REACH_PER_S = 1.0
SAME_FACE_IOU = 0.3
SIZE_RATIO = 2.0
VELOCITY_SMOOTHING_S = 0.2
# The cost, in sides of the face, of being where it was last seen rather than where it was heading.
STANDING_STILL = 0.5

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class TrackedFace:
    """id: constant while the face is tracked, from 1. face: its reading with smoothed probabilities."""

    id: int
    face: Face

    @property
    def area(self) -> float:
        return self.face.box[2] * self.face.box[3]


class Tracker:
    """Assigns ids to faces.

    memory_s: how long a lost face keeps its id; 0 drops it at once. smoothing_s: the time constant of the exponential
    mean of the probabilities; 0 uses each reading as it is. uncertain_below: the recogniser's, applied to the mean.
    """

    def __init__(
        self,
        memory_s: float = MEMORY_S,
        smoothing_s: float = SMOOTHING_S,
        uncertain_below: float = MIN_TOP_PROBABILITY,
    ) -> None:
        self._memory_s = memory_s
        self._smoothing_s = smoothing_s
        self._uncertain_below = uncertain_below
        self._tracks: list[_Track] = []
        self._last_id = 0

    def update(self, faces: Sequence[Face], time_s: float) -> tuple[TrackedFace, ...]:
        """Return the faces of the frame at time_s (seconds, never decreasing), in the same order, each with its id."""
        self._tracks = [track for track in self._tracks if time_s - track.seen_at <= self._memory_s]
        tracked = []
        for track, face in zip(_match(self._tracks, faces, time_s), faces, strict=True):
            if track is None:
                self._last_id += 1
                track = _Track(self._last_id, face.box, time_s)
                self._tracks.append(track)
            track.move(face.box, time_s)
            smoothed = track.smooth(face, time_s, self._smoothing_s, self._uncertain_below)
            tracked.append(TrackedFace(track.id, smoothed))
        return tuple(tracked)


@dataclass
class _Track:
    """velocity: of the centre of the box, in pixels per second. probabilities: smoothed over readings without doubt."""

    id: int
    box: Box
    seen_at: float
    velocity: tuple[float, float] = (0.0, 0.0)
    probabilities: Probabilities | None = None
    read_at: float = 0.0

    def expected(self, time_s: float) -> Box:
        """Return the box if the face kept moving at its velocity."""
        passed = time_s - self.seen_at
        x, y, width, height = self.box
        return x + self.velocity[0] * passed, y + self.velocity[1] * passed, width, height

    def move(self, box: Box, time_s: float) -> None:
        passed = time_s - self.seen_at
        if passed > 0:
            weight = _weight(passed, VELOCITY_SMOOTHING_S)
            moved = [(new - old) / passed for new, old in zip(_centre(box), _centre(self.box), strict=True)]
            across, down = (old + weight * (new - old) for new, old in zip(moved, self.velocity, strict=True))
            self.velocity = (across, down)
        self.box, self.seen_at = box, time_s

    def smooth(self, face: Face, time_s: float, smoothing_s: float, uncertain_below: float) -> Face:
        """Return the face with the mean of recent readings; a dark or blurred one does not change the mean."""
        if doubt(face.quality, (1.0,)) is None:
            weight = _weight(time_s - self.read_at, smoothing_s)
            mean = self.probabilities or face.probabilities
            blended: Any = tuple(old + weight * (new - old) for new, old in zip(face.probabilities, mean, strict=True))
            self.probabilities = blended
            self.read_at = time_s
        probabilities = self.probabilities or face.probabilities
        return dataclasses.replace(
            face,
            probabilities=probabilities,
            expression=EXPRESSIONS[probabilities.index(max(probabilities))],
            uncertain=doubt(face.quality, probabilities, uncertain_below),
        )


def _weight(passed_s: float, constant_s: float) -> float:
    """Return a new value's weight in an exponential mean. It depends on time, so that the frame rate does not
    matter."""
    return 1.0 - math.exp(-passed_s / constant_s) if constant_s > 0 else 1.0


def _match(tracks: Sequence[_Track], faces: Sequence[Face], time_s: float) -> list[_Track | None]:
    """Match each face with its track, closest pairs first, or with None for a new face."""
    costs = sorted(
        (cost, face_index, track_index)
        for face_index, face in enumerate(faces)
        for track_index, track in enumerate(tracks)
        if (cost := _cost(track, face.box, time_s)) < math.inf
    )
    found: dict[int, int] = {}
    for _, face_index, track_index in costs:
        if face_index not in found and track_index not in found.values():
            found[face_index] = track_index
    return [tracks[found[index]] if index in found else None for index in range(len(faces))]


def _cost(track: _Track, box: Box, time_s: float) -> float:
    """Return the cost of taking a box for a track's face: the smaller, the likelier; infinite if impossible.

    A face may have moved on, or be where it was if someone looked away and back, or walked behind another person.
    """
    reach = REACH + REACH_PER_S * (time_s - track.seen_at)
    moved, stayed = _cost_from(track.expected(time_s), box, reach), _cost_from(track.box, box, reach)
    return min(moved, stayed + STANDING_STILL)


def _cost_from(start: Box, box: Box, reach: float) -> float:
    sides = [math.sqrt(width * height) for _, _, width, height in (start, box)]
    distance = math.dist(_centre(start), _centre(box)) / max(sum(sides) / 2, 1.0)
    shared = overlap(start, box)
    near = distance <= reach and max(sides) <= SIZE_RATIO * min(sides)
    return distance - shared if near or shared >= SAME_FACE_IOU else math.inf


def _centre(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def overlap(one: Box, other: Box) -> float:
    """Return the intersection over union, 0..1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / max(one[2] * one[3] + other[2] * other[3] - shared, 1e-6)
