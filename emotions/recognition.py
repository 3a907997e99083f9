"""Snapshots in, expressions out. Importing this loads OpenCV and LiteRT: web processes import it where they first need
it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.faces import DetectedFace, face_detector
from emotions.images import UnreadableImage, decode_jpeg
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import FACE_SIDE, crop_face, normalise, softmax
from emotions.quality import FaceQuality, doubt, measured
from emotions.registry import MODELS_DIR, load_model
from emotions.results import Face, Recognition

__all__ = ["Face", "FaceQuality", "Recogniser", "Recognition", "UnreadableImage"]

Frame = NDArray[np.uint8]


class Recogniser:
    """A face detector and a network, ready to use; safe to call from several threads at a time.

    model: a name in the registry, '' for the default one. detector: a name in faces.DETECTORS. It uses one thread of
    whoever calls, OpenCV's included: workers run one process per core.

    Raises registry.UnknownModel, registry.DamagedModel, faces.UnknownDetector, blazeface.MissingWeights.
    """

    def __init__(
        self,
        model: str = "",
        detector: str = "blazeface",
        *,
        models_dir: Path = MODELS_DIR,
    ) -> None:
        cv2.setNumThreads(1)
        self._detector = face_detector(detector)
        self._network = load_model(model, models_dir)
        self.model = self._network.manifest.name

    def recognise(self, jpeg: bytes) -> Recognition:
        """Find and read the faces in a JPEG; a snapshot without any gives an empty tuple. Raises UnreadableImage."""
        return self.recognise_frames([decode_jpeg(jpeg)])[0]

    def recognise_batch(self, jpegs: Sequence[bytes]) -> list[Recognition | UnreadableImage]:
        """The same for several JPEGs in one call of the network; an unreadable one gives its error, in its place."""
        decoded = [_decoded(jpeg) for jpeg in jpegs]
        readable = iter(self.recognise_frames([frame for frame in decoded if not isinstance(frame, UnreadableImage)]))
        return [frame if isinstance(frame, UnreadableImage) else next(readable) for frame in decoded]

    def recognise_frames(self, frames: Sequence[Frame]) -> list[Recognition]:
        """The same for decoded frames, each [height, width, 3] uint8, blue-green-red."""
        found = [self._detector.find(frame) for frame in frames]
        crops = [self._crops(frame, faces) for frame, faces in zip(frames, found, strict=True)]
        probabilities = iter(self._probabilities([crop for frame_crops in crops for crop in frame_crops]))
        recognitions = []
        for frame, faces, frame_crops in zip(frames, found, crops, strict=True):
            height, width = frame.shape[:2]
            pairs = zip(faces, frame_crops, strict=True)
            read = tuple(_read(face, crop, next(probabilities), width, height) for face, crop in pairs)
            recognitions.append(Recognition(width, height, read, self.model))
        return recognitions

    def _crops(self, frame: Frame, faces: Sequence[DetectedFace]) -> list[Frame]:
        if not faces:
            return []
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        return [self._cut(grey, face) for face in faces]

    def _cut(self, grey: Frame, face: DetectedFace) -> Frame:
        return crop_face(grey, face.box, self._detector.crop, roll=face.roll)

    def _probabilities(self, crops: Sequence[Frame]) -> NDArray[np.float32]:
        if not crops:
            return np.empty((0, len(EXPRESSIONS)), np.float32)
        return softmax(self._network.logits(normalise(np.stack(crops))), self._network.manifest.temperature)

    def warm_up(self) -> None:
        """Search a blank frame and read a blank face: the first run of either is the slow one."""
        self.recognise_frames([np.zeros((240, 320, 3), np.uint8)])
        self._probabilities([np.zeros((FACE_SIDE, FACE_SIDE), np.uint8)])


def _decoded(jpeg: bytes) -> Frame | UnreadableImage:
    try:
        return decode_jpeg(jpeg)
    except UnreadableImage as error:
        return error


def _read(face: DetectedFace, crop: Frame, probabilities: NDArray[np.float32], width: int, height: int) -> Face:
    quality = measured(crop, face.box)
    values: Any = tuple(float(probability) for probability in probabilities)
    return Face(
        box=_inside(face.box, width, height),
        score=face.score,
        probabilities=values,
        expression=EXPRESSIONS[int(probabilities.argmax())],
        uncertain=doubt(quality, values),
        quality=quality,
    )


def _inside(box: tuple[float, float, float, float], width: int, height: int) -> tuple[float, float, float, float]:
    left, top = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[0] + box[2], float(width)), min(box[1] + box[3], float(height))
    return left, top, right - left, bottom - top
