"""Snapshots in, expressions out. Importing this loads TensorFlow: web processes import it where they first need it."""

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tensorflow as tf
from django.conf import settings
from numpy.typing import NDArray

from .faces import DetectedFace, face_detector
from .images import UnreadableImage, decode_jpeg
from .labels import EXPRESSIONS
from .preprocessing import FACE_SIDE, crop_face, mirrored_mean, normalise, softmax, with_mirrored
from .quality import FaceQuality, doubt, measured
from .readings import Face, Recognition
from .registry import MODELS_DIR, load_model

__all__ = ["Face", "FaceQuality", "Recogniser", "Recognition", "UnreadableImage", "is_warm", "recogniser", "warm"]

logger = logging.getLogger(__name__)

Frame = NDArray[np.uint8]


class Recogniser:
    """A face detector and a network, ready to use; safe to call from several threads at a time.

    model: a name in the registry, '' for the default one. detector: a name in faces.DETECTORS. threads: what
    TensorFlow and OpenCV may use each; one, because workers run one process per core. mirrored: whether to average
    over the face and its mirror image, None for what the manifest says.

    Raises registry.UnknownModel, registry.DamagedModel, faces.UnknownDetector, blazeface.MissingWeights.
    """

    def __init__(
        self,
        model: str = "",
        detector: str = "blazeface",
        *,
        threads: int = 1,
        mirrored: bool | None = None,
        models_dir: Path = MODELS_DIR,
    ) -> None:
        _limit_threads(threads)
        self._detector = face_detector(detector)
        loaded = load_model(model, models_dir)
        self.model = loaded.manifest.name
        self._temperature = loaded.manifest.temperature
        self._mirrored = loaded.manifest.mirrored_mean if mirrored is None else mirrored
        self._logits = _compiled(loaded.network)

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
        return [crop_face(grey, face.box, self._detector.crop, roll=face.roll) for face in faces]

    def _probabilities(self, crops: Sequence[Frame]) -> NDArray[np.float32]:
        if not crops:
            return np.empty((0, len(EXPRESSIONS)), np.float32)
        faces = normalise(np.stack(crops))
        if not self._mirrored:
            return softmax(self._logits(faces).numpy(), self._temperature)
        return softmax(mirrored_mean(self._logits(with_mirrored(faces)).numpy()), self._temperature)


_lock = threading.Lock()
_shared: Recogniser | None = None


def recogniser() -> Recogniser:
    """The process's one recogniser, made on the first call as EMOTION_MODEL and FACE_DETECTOR say."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Recogniser(_setting("EMOTION_MODEL", ""), _setting("FACE_DETECTOR", "blazeface"))
    return _shared


def warm() -> None:
    """Load everything and run it once, so that the first snapshot is not the slow one: 5 to 20 s."""
    ready = recogniser()
    ready.recognise_frames([np.zeros((240, 320, 3), np.uint8)])
    ready._probabilities([np.zeros((FACE_SIDE, FACE_SIDE), np.uint8)])
    global _is_warm
    _is_warm = True


_is_warm = False


def is_warm() -> bool:
    """Whether `warm` has finished in this process."""
    return _is_warm


def _setting(name: str, default: str) -> str:
    # Without Django's settings (a notebook, a script) the defaults hold.
    if settings.configured or os.environ.get("DJANGO_SETTINGS_MODULE"):
        return str(getattr(settings, name, default))
    return default


def _limit_threads(threads: int) -> None:
    cv2.setNumThreads(threads)
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    except RuntimeError:
        logger.info("TensorFlow is already running in this process; its threads stay as they are.")


def _compiled(network: Any) -> Any:
    # One signature for any number of faces: a plain call of the network traces anew and costs 40 times as much.
    signature = [tf.TensorSpec([None, FACE_SIDE, FACE_SIDE, 1], tf.float32)]
    return tf.function(lambda faces: network(faces, training=False), input_signature=signature)


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
