"""Follows faces from frame to frame: each keeps its id, and its probabilities are smoothed over time."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emotions.labels import EXPRESSIONS, Probabilities
from emotions.quality import doubt
from emotions.results import Face

MEMORY_S = 1.0
SMOOTHING_S = 0.4

# How far a face may be from where it is expected, in its own sides: at once, and for each second it was not seen.
REACH = 0.6
REACH_PER_S = 1.0
SAME_FACE_IOU = 0.3
SIZE_RATIO = 2.0
VELOCITY_SMOOTHING_S = 0.2
# What it costs a face, in its own sides, to be where it was last seen and not where it was going.
STANDING_STILL = 0.5

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class FollowedFace:
    """id: the same as long as the face is followed, from 1. face: with smoothed probabilities, the rest as read."""

    id: int
    face: Face

    @property
    def area(self) -> float:
        return self.face.box[2] * self.face.box[3]


class Tracker:
    """Gives faces their ids. memory_s: for how long a lost face keeps its id; 0 forgets it at once.

    smoothing_s: the time constant of the exponential mean of the probabilities; 0 takes each reading as it is.
    """

    def __init__(self, memory_s: float = MEMORY_S, smoothing_s: float = SMOOTHING_S) -> None:
        self._memory_s = memory_s
        self._smoothing_s = smoothing_s
        self._tracks: list[_Track] = []
        self._last_id = 0

    def follow(self, faces: Sequence[Face], time_s: float) -> tuple[FollowedFace, ...]:
        """The faces of the frame at time_s (seconds, never falling), in their order, each with its id."""
        self._tracks = [track for track in self._tracks if time_s - track.seen_at <= self._memory_s]
        tracks = _assigned(self._tracks, faces, time_s)
        return tuple(self._seen(track, face, time_s) for track, face in zip(tracks, faces, strict=True))

    def _seen(self, track: "_Track | None", face: Face, time_s: float) -> FollowedFace:
        if track is None:
            self._last_id += 1
            track = _Track(self._last_id, face.box, time_s)
            self._tracks.append(track)
        track.move(face.box, time_s)
        return FollowedFace(track.id, track.smooth(face, time_s, self._smoothing_s))


@dataclass
class _Track:
    """velocity: of the box's centre, pixels per second. probabilities: smoothed, of readings without doubt."""

    id: int
    box: Box
    seen_at: float
    velocity: tuple[float, float] = (0.0, 0.0)
    probabilities: Probabilities | None = None
    read_at: float = 0.0

    def expected(self, time_s: float) -> Box:
        """Where the face is if it moved on as it did."""
        passed = time_s - self.seen_at
        x, y, width, height = self.box
        return x + self.velocity[0] * passed, y + self.velocity[1] * passed, width, height

    def move(self, box: Box, time_s: float) -> None:
        passed = time_s - self.seen_at
        if passed > 0:
            share = _share(passed, VELOCITY_SMOOTHING_S)
            moved = [(new - old) / passed for new, old in zip(_centre(box), _centre(self.box), strict=True)]
            across, down = (old + share * (new - old) for new, old in zip(moved, self.velocity, strict=True))
            self.velocity = (across, down)
        self.box, self.seen_at = box, time_s

    def smooth(self, face: Face, time_s: float, smoothing_s: float) -> Face:
        """The face with the mean of what was read lately; a dark or blurred reading changes nothing in the mean."""
        if doubt(face.quality, (1.0,)) is None:
            self.probabilities = self._mean(face.probabilities, _share(time_s - self.read_at, smoothing_s))
            self.read_at = time_s
        probabilities = self.probabilities or face.probabilities
        return dataclasses.replace(
            face,
            probabilities=probabilities,
            expression=EXPRESSIONS[probabilities.index(max(probabilities))],
            uncertain=doubt(face.quality, probabilities),
        )

    def _mean(self, new: Probabilities, share: float) -> Probabilities:
        if self.probabilities is None:
            return new
        mean: Any = tuple(old + share * (now - old) for now, old in zip(new, self.probabilities, strict=True))
        return mean


def _share(passed_s: float, constant_s: float) -> float:
    """What a new value counts in an exponential mean; by time, so that the frame rate does not matter."""
    return 1.0 - math.exp(-passed_s / constant_s) if constant_s > 0 else 1.0


def _assigned(tracks: Sequence[_Track], faces: Sequence[Face], time_s: float) -> list[_Track | None]:
    """The track of each face, the closest pairs first; None for a face that is new."""
    costs = sorted(
        (cost, face_place, track_place)
        for face_place, face in enumerate(faces)
        for track_place, track in enumerate(tracks)
        if (cost := _cost(track, face.box, time_s)) < math.inf
    )
    found: dict[int, int] = {}
    for _, face_place, track_place in costs:
        if face_place not in found and track_place not in found.values():
            found[face_place] = track_place
    return [tracks[found[place]] if place in found else None for place in range(len(faces))]


def _cost(track: _Track, box: Box, time_s: float) -> float:
    """The smaller, the likelier a box is the track's face; infinite when it cannot be.

    A face may have moved on, or be where it was: someone who looks away and back, or walks behind another.
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
    """Intersection over union, 0..1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / max(one[2] * one[3] + other[2] * other[3] - shared, 1e-6)
