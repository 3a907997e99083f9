"""Recognition: a snapshot in, faces with their expressions out.

Importing this module loads OpenCV and LiteRT, so web processes import it only where they first need it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.blazeface import FULL_RANGE
from emotions.face_crop import MAX_CROP_SIDE, FaceCrop, FoundFaces
from emotions.faces import DetectedFace, face_detector
from emotions.images import UnreadableImage, decode_grey_jpeg, decode_jpeg
from emotions.labels import EXPRESSIONS
from emotions.preprocessing import BLAZEFACE_CROP, FACE_SIDE, crop_face, normalise, softmax
from emotions.quality import FaceQuality, assess
from emotions.registry import MODELS_DIR, load_model
from emotions.results import Face, Recognition

__all__ = ["Face", "FaceQuality", "Recogniser", "Recognition", "UnreadableImage"]

Frame = NDArray[np.uint8]

# Only a snapshot's face nearest the camera is used, and reading a face costs a third of a usual snapshot.
MAX_FACES_READ = 3


class Recogniser:
    """A face detector and a network, ready to use. Thread-safe.

    model: a name in the registry, '' for the default. detector: a name in faces.DETECTORS. Each call runs only on the
    caller's thread, including OpenCV's part, because workers run one process per core.

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
        self.uncertain_below = self._network.manifest.uncertain_below

    def recognise(self, jpeg: bytes) -> Recognition:
        """Find the faces in a JPEG and read the MAX_FACES_READ largest; there may be none. Raises UnreadableImage."""
        return self.recognise_frames([decode_jpeg(jpeg)], max_faces=MAX_FACES_READ)[0]

    def recognise_found(self, found: FoundFaces) -> Recognition:
        """Read the face that a browser has found with BlazeFace and cut out. Raises UnreadableImage."""
        if found.nearest is None:
            return Recognition(found.width, found.height, (), self.model)
        face = found.nearest
        crop = turned_and_cut(face)
        # A browser searches the frame like this detector, no matter which one searches whole frames here.
        scale = FULL_RANGE.side / max(found.width, found.height)
        detected = DetectedFace(face.box, face.score, face.eyes, scale)
        (probabilities,) = self.classify([crop])
        reading = _read_face(detected, crop, probabilities, found.width, found.height, self.uncertain_below)
        return Recognition(found.width, found.height, (reading,), self.model, found.count - 1)

    def recognise_frames(self, frames: Sequence[Frame], *, max_faces: int | None = None) -> list[Recognition]:
        """Recognise decoded frames, each [height, width, 3] uint8, blue-green-red, with one call of the network.

        max_faces: how many faces per frame to read, largest first; None reads all. The others are only counted.
        """
        found = [self._detector.find(frame) for frame in frames]
        read = [faces[:max_faces] for faces in found]
        crops = [self.crop_faces(frame, faces) for frame, faces in zip(frames, read, strict=True)]
        probabilities = iter(self.classify([crop for frame_crops in crops for crop in frame_crops]))
        recognitions = []
        for frame, faces, faces_read, frame_crops in zip(frames, found, read, crops, strict=True):
            height, width = frame.shape[:2]
            readings = tuple(
                _read_face(face, crop, next(probabilities), width, height, self.uncertain_below)
                for face, crop in zip(faces_read, frame_crops, strict=True)
            )
            unread = len(faces) - len(faces_read)
            recognitions.append(Recognition(width, height, readings, self.model, unread))
        return recognitions

    def crop_faces(self, frame: Frame, faces: Sequence[DetectedFace]) -> list[Frame]:
        """Cut the faces out of a frame as the network sees them, each [48, 48] uint8."""
        if not faces:
            return []
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        return [crop_face(grey, face.box, self._detector.crop, roll=face.roll) for face in faces]

    def classify(self, crops: Sequence[Frame]) -> NDArray[np.float32]:
        """Return the probabilities [n, 7] of n face crops."""
        if not crops:
            return np.empty((0, len(EXPRESSIONS)), np.float32)
        return softmax(self._network.logits(normalise(np.stack(crops))), self._network.manifest.temperature)

    def warm_up(self) -> None:
        """Search a blank frame and read a blank face: the first run of either is the slow one."""
        self.recognise_frames([np.zeros((240, 320, 3), np.uint8)])
        self.classify([np.zeros((FACE_SIDE, FACE_SIDE), np.uint8)])


def turned_and_cut(face: FaceCrop) -> Frame:
    """Cut a face out of its picture as the network sees it, [48, 48] uint8. Raises UnreadableImage."""
    picture = decode_grey_jpeg(face.jpeg, max_pixels=MAX_CROP_SIDE**2)
    left, top, width, height = face.place
    across, down = picture.shape[1] / width, picture.shape[0] / height
    x, y, box_width, box_height = face.box
    box = ((x - left) * across, (y - top) * down, box_width * across, box_height * down)
    # If the picture ends at the frame's border, the border is repeated, as in a whole frame.
    return crop_face(picture, box, BLAZEFACE_CROP, roll=face.roll)


def _read_face(
    face: DetectedFace,
    crop: Frame,
    probabilities: NDArray[np.float32],
    width: int,
    height: int,
    uncertain_below: float,
) -> Face:
    values: Any = tuple(float(probability) for probability in probabilities)
    quality, uncertain = assess(crop, face.box, values, face.scale, uncertain_below)
    # The box of a face at the edge reaches beyond the frame, but the reported one ends with it.
    x, y, box_width, box_height = face.box
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + box_width, float(width)), min(y + box_height, float(height))
    return Face(
        box=(left, top, right - left, bottom - top),
        score=face.score,
        probabilities=values,
        expression=EXPRESSIONS[int(probabilities.argmax())],
        uncertain=uncertain,
        quality=quality,
    )
