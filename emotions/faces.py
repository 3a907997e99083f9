"""Face detection: BlazeFace by default, OpenCV's Haar cascade as the alternative."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, weights_folder
from emotions.preprocessing import BLAZEFACE_CROP, HAAR_CROP, Crop

Frame = NDArray[np.uint8]

# A smaller box has nothing to read and is usually a false detection.
MIN_SIDE_PX = 14.0

# A frame with a longer side is also searched in tiles, because its small faces have only a few pixels in the input.
# Students' snapshots are smaller.
TILED_FROM_PX = 640
TILE_PX = 640
MAX_TILES_A_SIDE = 8
TILE_OVERLAP = 0.25
# A tile does not place a face better that is this large in the network's input, and may cut it.
WELL_SEEN_PX = 32.0
# Boxes whose overlap is more than this share of the smaller one are the same face.
MAX_OVERLAP = 0.5

HAAR_CASCADE = "haarcascade_frontalface_default.xml"


class UnknownDetector(ValueError):
    """No face detector has that name; the message lists the names that exist."""


@dataclass(frozen=True)
class DetectedFace:
    """box: x, y, width, height in pixels; it may reach beyond the frame. score: 0..1.

    keypoints: eyes, nose, mouth and ears as (x, y) pixels, starting with the eye on the frame's left; None from Haar.
    scale: pixels of the detector's input per pixel of the frame.
    """

    box: tuple[float, float, float, float]
    score: float
    keypoints: tuple[tuple[float, float], ...] | None = None
    scale: float = 1.0

    @property
    def seen_px(self) -> float:
        """The longer side of the box in the detector's input."""
        return max(self.box[2:]) * self.scale

    @property
    def area(self) -> float:
        return self.box[2] * self.box[3]

    @property
    def roll(self) -> float:
        """The clockwise lean of the face in radians; 0 if the eyes are unknown."""
        if self.keypoints is None:
            return 0.0
        (left_x, left_y), (right_x, right_y) = self.keypoints[:2]
        return math.atan2(right_y - left_y, right_x - left_x)


class FaceDetector(Protocol):
    """Detectors are thread-safe."""

    crop: Crop

    def find(self, frame: Frame) -> list[DetectedFace]:
        """Return the faces in a frame [height, width, 3] uint8, blue-green-red, largest first."""
        ...


class BlazeFaceDetector:
    """BlazeFace's full-range network at .45; if it finds nothing, the back-camera network at .65.

    Large frames are searched as a whole and in tiles.
    """

    crop = BLAZEFACE_CROP

    def __init__(self) -> None:
        self._folder = weights_folder()
        # An interpreter holds its activations, so each thread needs its own pair.
        self._local = threading.local()

    def find(self, frame: Frame) -> list[DetectedFace]:
        if not hasattr(self._local, "networks"):
            self._local.networks = [BlazeFaceNetwork(self._folder, variant) for variant in (FULL_RANGE, BACK_RANGE)]
        full, back = self._local.networks
        faces = _search(full, frame, 0.45) or _search(back, frame, 0.65)
        if max(frame.shape[:2]) > TILED_FROM_PX:
            for left, top, tile in _tiles(frame):
                found = (_in_frame(face, left, top) for face in _search(full, tile, 0.45))
                faces += [face for face in found if _is_whole(face, left, top, tile, frame)]
            faces = _without_duplicates(faces)
        return _plausible(faces, frame)


class HaarDetector:
    """The Viola-Jones cascade that ships with OpenCV: frontal, upright, well-lit faces only."""

    crop = HAAR_CROP

    def __init__(self) -> None:
        self._path = Path(cv2.__file__).parent / "data" / HAAR_CASCADE
        self._local = threading.local()

    def find(self, frame: Frame) -> list[DetectedFace]:
        if not hasattr(self._local, "cascade"):
            self._local.cascade = cv2.CascadeClassifier(str(self._path))
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        boxes: Any = self._local.cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(24, 24))
        # The cascade gives no score, so every box gets 1.
        faces = [DetectedFace((float(x), float(y), float(w), float(h)), 1.0) for x, y, w, h in boxes]
        return _plausible(faces, frame)


DETECTORS: dict[str, type[BlazeFaceDetector] | type[HaarDetector]] = {
    "blazeface": BlazeFaceDetector,
    "haar": HaarDetector,
}


def face_detector(name: str = "blazeface") -> FaceDetector:
    """Create a detector by name. Raises UnknownDetector, or MissingWeights if BlazeFace's package is not installed."""
    if name not in DETECTORS:
        raise UnknownDetector(
            f"No face detector is called {name!r}; set FACE_DETECTOR to one of {', '.join(sorted(DETECTORS))}."
        )
    return DETECTORS[name]()


def _search(network: BlazeFaceNetwork, frame: Frame, threshold: float) -> list[DetectedFace]:
    scale = network.side / max(frame.shape[:2])
    return [DetectedFace(*candidate, scale) for candidate in network.find(frame, threshold)]


def _tiles(frame: Frame) -> Iterator[tuple[int, int, Frame]]:
    """Yield overlapping squares of the frame with their left and top edges."""
    height, width = frame.shape[:2]
    side = max(TILE_PX, max(height, width) // MAX_TILES_A_SIDE)
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top, frame[top : top + side, left : left + side]


def _starts(length: int, side: int) -> list[int]:
    """Return where the tiles of a side begin, evenly spread so that neighbours overlap by at least TILE_OVERLAP."""
    if length <= side:
        return [0]
    count = math.ceil((length - side) / (side * (1 - TILE_OVERLAP))) + 1
    return [round(index * (length - side) / (count - 1)) for index in range(count)]


def _is_whole(face: DetectedFace, left: int, top: int, tile: Frame, frame: Frame) -> bool:
    """Return whether the tile cuts nothing off the face. A cut face is whole in the next tile or the frame."""
    x, y, width, height = face.box
    right, bottom = left + tile.shape[1], top + tile.shape[0]
    return (
        (x >= left or left == 0)
        and (y >= top or top == 0)
        and (x + width <= right or right == frame.shape[1])
        and (y + height <= bottom or bottom == frame.shape[0])
    )


def _in_frame(face: DetectedFace, left: int, top: int) -> DetectedFace:
    """Return a face of a tile in the coordinates of the frame."""
    x, y, width, height = face.box
    keypoints = tuple((px + left, py + top) for px, py in face.keypoints or ())
    return replace(face, box=(x + left, y + top, width, height), keypoints=keypoints)


def _without_duplicates(faces: list[DetectedFace]) -> list[DetectedFace]:
    """Keep one box per face, the one that was seen best."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda face: (min(face.seen_px, WELL_SEEN_PX), face.area), reverse=True):
        if all(_overlap(face, other) <= MAX_OVERLAP for other in kept):
            kept.append(face)
    return kept


def _overlap(one: DetectedFace, other: DetectedFace) -> float:
    """Return the area of the overlap over that of the smaller box, 0..1."""
    sides = [
        min(one.box[axis] + one.box[axis + 2], other.box[axis] + other.box[axis + 2])
        - max(one.box[axis], other.box[axis])
        for axis in (0, 1)
    ]
    return max(sides[0], 0.0) * max(sides[1], 0.0) / max(min(one.area, other.area), 1e-6)


def _plausible(faces: list[DetectedFace], frame: Frame) -> list[DetectedFace]:
    """Drop boxes that are tiny or centred outside the frame; largest first."""
    height, width = frame.shape[:2]
    plausible = [
        face
        for face in faces
        if min(face.box[2:]) >= MIN_SIDE_PX
        and 0 <= face.box[0] + face.box[2] / 2 <= width
        and 0 <= face.box[1] + face.box[3] / 2 <= height
    ]
    return sorted(plausible, key=lambda face: face.area, reverse=True)
