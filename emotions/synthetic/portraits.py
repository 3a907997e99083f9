"""One portrait with four expressions: the smiling one in scikit-image, and the same face warped into three others.

Simulated classes and tests use it when a face must change at a known moment and no data set is at hand. Plain image
warping moves the brows and the mouth; the network may read the result differently.
"""

import importlib.util
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emotions.images import read_image

Image = NDArray[np.uint8]
Point = tuple[float, float]

# In pixels of the portrait: the eyes, the mouth, and the distance between the eyes, the unit of all lengths below.
EYES: tuple[Point, Point] = ((205.3, 102.4), (246.9, 105.2))
MOUTH: Point = (223.6, 147.5)
UNIT = 41.7


class NoPortrait(RuntimeError):
    """scikit-image, which contains the portrait, is not installed."""


def portrait(expression: str) -> Image:
    """Return the portrait [512, 512, 3] uint8, blue-green-red, in one of POSES. Raises NoPortrait, KeyError."""
    return POSES[expression](_original())


@cache
def _original() -> Image:
    # Read the file directly: the package's own loader imports half of scikit-image and may go online.
    spec = importlib.util.find_spec("skimage")
    if spec is None or spec.origin is None:
        raise NoPortrait(
            "The default portrait comes with scikit-image, which serving does not need. Name a source instead, "
            "or: pip install --no-deps -r requirements.txt"
        )
    return read_image(Path(spec.origin).parent / "data" / "astronaut.png")


def _frowning(face: Image, *, inner: float, outer: float, together: float) -> Image:
    return _with_brows(_with_mouth_upside_down(face, 0.65, 0.36), inner=inner, outer=outer, together=together)


def _neutral(face: Image) -> Image:
    """Turn the mouth upside down and flatten it, so that neither smile nor frown remains."""
    flipped = _with_mouth_upside_down(face, 0.7, 0.36)
    x, y = _pixels(flipped)
    return _remapped(flipped, x, MOUTH[1] + (y - MOUTH[1]) * (1.0 + 1.8 * _plateau(flipped, (0.9, 0.40))))


POSES: dict[str, Callable[[Image], Image]] = {
    "happy": np.copy,
    "neutral": _neutral,
    # The brows drawn down and together.
    "angry": partial(_frowning, inner=0.20, outer=-0.10, together=0.10),
    # The inner ends of the brows drawn up.
    "sad": partial(_frowning, inner=-0.15, outer=0.10, together=0.04),
}


def _with_mouth_upside_down(face: Image, reach_x: float, reach_y: float) -> Image:
    """Mirror the mouth vertically within `reach` eye distances, blended into the face."""
    x, y = _pixels(face)
    flipped = cv2.remap(face, x, 2 * np.float32(MOUTH[1]) - y, cv2.INTER_LINEAR)
    share = np.clip(1.6 * _plateau(face, (reach_x, reach_y)), 0.0, 1.0)[..., np.newaxis]
    return np.asarray(face * (1.0 - share) + flipped * share, dtype=np.uint8)


def _with_brows(face: Image, *, inner: float, outer: float, together: float) -> Image:
    """Move the ends of both brows down, and towards each other, by these multiples of the eye distance."""
    x, y = _pixels(face)
    right, down = np.zeros_like(x), np.zeros_like(y)
    for (eye_x, eye_y), side in zip(EYES, (1, -1), strict=True):
        inner_end = _bump(face, (eye_x + side * 0.18 * UNIT, eye_y - 0.28 * UNIT), (0.14, 0.10))
        outer_end = _bump(face, (eye_x - side * 0.25 * UNIT, eye_y - 0.28 * UNIT), (0.16, 0.10))
        down += UNIT * (inner * inner_end + outer * outer_end)
        right += UNIT * side * together * inner_end
    return _remapped(face, x - right, y - down)


def _pixels(face: Image) -> Sequence[NDArray[np.float32]]:
    height, width = face.shape[:2]
    return np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))


def _plateau(face: Image, reach: tuple[float, float]) -> NDArray[np.float32]:
    """Return 1 around the mouth, falling off at `reach` eye distances horizontally and vertically."""
    x, y = _pixels(face)
    steep = ((x - MOUTH[0]) / (reach[0] * UNIT)) ** 4 + ((y - MOUTH[1]) / (reach[1] * UNIT)) ** 4
    return np.asarray(np.exp(-steep), dtype=np.float32)


def _bump(face: Image, centre: Point, width: tuple[float, float]) -> NDArray[np.float32]:
    x, y = _pixels(face)
    steep = ((x - centre[0]) / (width[0] * UNIT)) ** 2 + ((y - centre[1]) / (width[1] * UNIT)) ** 2
    return np.asarray(np.exp(-steep / 2), dtype=np.float32)


def _remapped(face: Image, from_x: NDArray[Any], from_y: NDArray[Any]) -> Image:
    return np.asarray(
        cv2.remap(face, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR), dtype=np.uint8
    )
