"""Face detection: BlazeFace by default, OpenCV's Haar cascade as the alternative."""

import math
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.blazeface import BACK_RANGE, FULL_RANGE, BlazeFaceNetwork, weights_folder
from emotions.preprocessing import BLAZEFACE_CROP, HAAR_CROP, Crop

# A smaller box holds nothing to read and is usually a false detection.
MIN_SIDE_PX = 14.0

HAAR_CASCADE = "haarcascade_frontalface_default.xml"


class UnknownDetector(ValueError):
    """No face detector has that name; the message lists the names that exist."""


@dataclass(frozen=True)
class DetectedFace:
    """box: x, y, width, height in pixels; it may reach beyond the frame. score: 0..1.

    keypoints: eyes, nose, mouth and ears as (x, y) pixels, starting with the eye on the frame's left; None from Haar.
    """

    box: tuple[float, float, float, float]
    score: float
    keypoints: tuple[tuple[float, float], ...] | None = None

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

    def find(self, frame: NDArray[np.uint8]) -> list[DetectedFace]:
        """Return the faces in a frame [height, width, 3] uint8, blue-green-red, largest first."""
        ...


class BlazeFaceDetector:
    """BlazeFace's full-range network at .45; if it finds nothing, the back-camera network at .65."""

    crop = BLAZEFACE_CROP

    def __init__(self) -> None:
        self._folder = weights_folder()
        # An interpreter holds its activations, so each thread needs its own pair.
        self._local = threading.local()

    def find(self, frame: NDArray[np.uint8]) -> list[DetectedFace]:
        if not hasattr(self._local, "networks"):
            self._local.networks = [BlazeFaceNetwork(self._folder, variant) for variant in (FULL_RANGE, BACK_RANGE)]
        full, back = self._local.networks
        candidates = full.find(frame, 0.45) or back.find(frame, 0.65)
        return _plausible([DetectedFace(*candidate) for candidate in candidates], frame)


class HaarDetector:
    """The Viola-Jones cascade that ships with OpenCV: frontal, upright, well-lit faces only."""

    crop = HAAR_CROP

    def __init__(self) -> None:
        self._path = Path(cv2.__file__).parent / "data" / HAAR_CASCADE
        self._local = threading.local()

    def find(self, frame: NDArray[np.uint8]) -> list[DetectedFace]:
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


def _plausible(faces: list[DetectedFace], frame: NDArray[np.uint8]) -> list[DetectedFace]:
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
