"""Finding faces in a frame: BlazeFace by default, OpenCV's Haar cascade as the second detector."""

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

# Smaller than this there is nothing to read and boxes are mostly false.
MIN_SIDE_PX = 14.0

HAAR_CASCADE = "haarcascade_frontalface_default.xml"


class UnknownDetector(ValueError):
    """No face detector has that name; the message lists those that exist."""


@dataclass(frozen=True)
class DetectedFace:
    """box: x, y, width, height in pixels of the frame, possibly reaching beyond it. score: 0..1.

    keypoints: eyes, nose, mouth and ears as (x, y) pixels, the eye on the frame's left first; None from Haar.
    """

    box: tuple[float, float, float, float]
    score: float
    keypoints: tuple[tuple[float, float], ...] | None = None

    @property
    def area(self) -> float:
        return self.box[2] * self.box[3]

    @property
    def roll(self) -> float:
        """By how much the face leans clockwise in the frame, radians; 0 when the eyes are not known."""
        if self.keypoints is None:
            return 0.0
        (left_x, left_y), (right_x, right_y) = self.keypoints[:2]
        return math.atan2(right_y - left_y, right_x - left_x)


class FaceDetector(Protocol):
    """May be called from several threads at a time."""

    crop: Crop

    def find(self, frame: NDArray[np.uint8]) -> list[DetectedFace]:
        """The faces in a frame [height, width, 3] uint8, blue-green-red, the largest first."""
        ...


class BlazeFaceDetector:
    """BlazeFace for the full range at .45; where it finds nothing, the one for the back camera at .65."""

    crop = BLAZEFACE_CROP

    def __init__(self) -> None:
        self._folder = weights_folder()
        # An interpreter keeps its activations inside: one of each per thread.
        self._of_thread = threading.local()

    def find(self, frame: NDArray[np.uint8]) -> list[DetectedFace]:
        full, back = self._networks()
        candidates = full.find(frame, 0.45) or back.find(frame, 0.65)
        return _sane([DetectedFace(*candidate) for candidate in candidates], frame)

    def _networks(self) -> tuple[BlazeFaceNetwork, BlazeFaceNetwork]:
        if not hasattr(self._of_thread, "networks"):
            self._of_thread.networks = (
                BlazeFaceNetwork(self._folder, FULL_RANGE),
                BlazeFaceNetwork(self._folder, BACK_RANGE),
            )
        return self._of_thread.networks


class HaarDetector:
    """Viola and Jones' cascade as OpenCV brings it: frontal, upright, well-lit faces only."""

    crop = HAAR_CROP

    def __init__(self) -> None:
        self._path = Path(cv2.__file__).parent / "data" / HAAR_CASCADE
        self._of_thread = threading.local()

    def find(self, frame: NDArray[np.uint8]) -> list[DetectedFace]:
        if not hasattr(self._of_thread, "cascade"):
            self._of_thread.cascade = cv2.CascadeClassifier(str(self._path))
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        boxes: Any = self._of_thread.cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(24, 24))
        # The cascade only says yes: every box counts fully.
        faces = [DetectedFace((float(x), float(y), float(w), float(h)), 1.0) for x, y, w, h in boxes]
        return _sane(faces, frame)


DETECTORS: dict[str, type[BlazeFaceDetector] | type[HaarDetector]] = {
    "blazeface": BlazeFaceDetector,
    "haar": HaarDetector,
}


def face_detector(name: str = "blazeface") -> FaceDetector:
    """A detector by name. Raises UnknownDetector, or MissingWeights when BlazeFace's package is not installed."""
    if name not in DETECTORS:
        raise UnknownDetector(
            f"No face detector is called {name!r}; set FACE_DETECTOR to one of {', '.join(sorted(DETECTORS))}."
        )
    return DETECTORS[name]()


def _sane(faces: list[DetectedFace], frame: NDArray[np.uint8]) -> list[DetectedFace]:
    height, width = frame.shape[:2]
    kept = [
        face
        for face in faces
        if min(face.box[2:]) >= MIN_SIDE_PX
        and 0 <= face.box[0] + face.box[2] / 2 <= width
        and 0 <= face.box[1] + face.box[3] / 2 <= height
    ]
    return sorted(kept, key=lambda face: face.area, reverse=True)
