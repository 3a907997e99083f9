"""The network's input: one definition shared by training, evaluation and serving.

A face is 48x48 grey levels, cropped like FER-2013. Each image is standardised by its own mean and deviation, so that a
dim room and a bright one look alike to the network.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

FACE_SIDE = 48
# OpenCV's warps refuse a picture with more pixels on a side, such as a panorama.
MAX_WARP_SIDE = 32_000


@dataclass(frozen=True)
class Crop:
    """FER-2013's crop relative to a detector's box: a square, `scale` times the longer side, moved up by `rise`."""

    scale: float
    rise: float


# The crop with which FER-2013's faces in frames are read best (docs/adr/0008); from 1.05 to 1.11 the scale makes no
# difference.
BLAZEFACE_CROP = Crop(scale=1.08, rise=0.04)
# FER-2013 itself was collected with OpenCV's cascade.
HAAR_CROP = Crop(scale=1.0, rise=0.0)

# An image with less deviation (in grey levels of 255) is noise; dividing by less would make it look like a face.
DEVIATION_FLOOR = 4.0

NORMALISATION: dict[str, Any] = {"kind": "per-image mean and deviation", "deviation_floor": DEVIATION_FLOOR}


def normalise(faces: NDArray[Any]) -> NDArray[np.float32]:
    """Grey levels [n, 48, 48] (any number type, 0..255) → float32 [n, 48, 48, 1], each of mean 0 and deviation 1."""
    grey = faces.astype(np.float32)
    # std would calculate the mean and the differences from it a second time.
    centred = grey - grey.mean(axis=(1, 2), keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(axis=(1, 2), keepdims=True))
    return np.asarray((centred / np.maximum(deviation, DEVIATION_FLOOR))[..., np.newaxis], dtype=np.float32)


def with_mirrored(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """[n, 48, 48, 1] → [2n, 48, 48, 1]: the faces, then the same faces mirrored left to right."""
    return np.concatenate([batch, batch[:, :, ::-1]])


def mirrored_mean(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average the logits of `with_mirrored`, [2n, 7] → [n, 7], over each face and its mirror image."""
    return logits.reshape(2, -1, logits.shape[-1]).mean(axis=0)


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float32]:
    """Logits [n, 7] → probabilities [n, 7]; a temperature above 1 flattens them."""
    scaled = logits / temperature
    exponentials = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def crop_face(grey: NDArray[np.uint8], box: Sequence[float], crop: Crop, *, roll: float = 0.0) -> NDArray[np.uint8]:
    """Crop a face from a grey frame like FER-2013 does. Returns [48, 48] uint8.

    grey: [height, width] uint8. box: x, y, width, height in pixels. roll: clockwise lean of the face in radians, which
    is undone here. Pixels beyond the frame repeat its border.
    """
    x, y, width, height = box
    side = max(width, height) * crop.scale
    if max(grey.shape) > MAX_WARP_SIDE:
        left, top = max(0, round(x + width / 2 - side)), max(0, round(y + height / 2 - side))
        grey = grey[top : top + round(2 * side), left : left + round(2 * side)]
        x, y = x - left, y - top
    # The rise follows the axis of the face, which the roll turns.
    centre_x = x + width / 2 + math.sin(roll) * crop.rise * side
    centre_y = y + height / 2 - math.cos(roll) * crop.rise * side
    # Sampling a large face at 48 points would alias, so cut it at a multiple of 48, then average areas.
    multiple = max(1, round(side / FACE_SIDE))
    target = FACE_SIDE * multiple
    # The affine map [2, 3] from pixels of the cut to pixels of the frame. OpenCV puts pixel centres at whole numbers,
    # boxes put them at halves.
    cosine, sine = math.cos(roll) * side / target, math.sin(roll) * side / target
    middle = (target - 1) / 2
    to_frame = np.array(
        [
            [cosine, -sine, centre_x - 0.5 - (cosine - sine) * middle],
            [sine, cosine, centre_y - 0.5 - (sine + cosine) * middle],
        ]
    )
    cut = cv2.warpAffine(
        grey, to_frame, (target, target), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    if multiple > 1:
        cut = cv2.resize(cut, (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(cut, dtype=np.uint8)
