"""The quality of a face crop, and the reasons to treat its reading as a guess."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Doubt = Literal["too_small", "too_dark", "too_bright", "too_blurred", "flat"]

# The network sees 48x48 pixels; a face half that size holds too little.
MIN_SIZE_PX = 24.0
# A snapshot of 320 pixels is seen at scale .6.
COARSE_SCALE = 0.5
MIN_BRIGHTNESS = 0.05
# Less than half of brighter faces are read as labelled, but with nearly the same confidence (benchmarks/exposure.py);
# one in 3,589 well-lit faces is brighter.
MAX_BRIGHTNESS = 0.88
MIN_SHARPNESS = 0.06
# For a network whose release chose no threshold. Seven equal probabilities are .14 each.
MIN_TOP_PROBABILITY = 0.35


@dataclass(frozen=True)
class FaceQuality:
    """size_px: the longer side of the box in the frame, or in the detector's view of it at half scale if that is less.

    brightness: mean of the crop, 0..1.
    sharpness: variance of the crop's Laplacian over the variance of its grey levels, independent of the light.
    """

    size_px: float
    brightness: float
    sharpness: float


def assess(
    crop: NDArray[np.uint8],
    box: Sequence[float],
    probabilities: Sequence[float],
    scale: float = 1.0,
    uncertain_below: float = MIN_TOP_PROBABILITY,
) -> tuple[FaceQuality, Doubt | None]:
    """Measure a face crop and judge its reading; the arguments are those of measure and doubt."""
    quality = measure(crop, box, scale)
    return quality, doubt(quality, probabilities, uncertain_below)


def measure(crop: NDArray[np.uint8], box: Sequence[float], scale: float = 1.0) -> FaceQuality:
    """Measure a face crop [48, 48] uint8 with its box (x, y, width, height) in pixels, found at this scale."""
    laplacian: Any = cv2.Laplacian(crop, cv2.CV_32F)
    sharpness = float(laplacian.var()) / max(float(crop.var()), 1.0)
    # A detector that sees a frame at less than half its size is too coarse about small boxes for a reading.
    size_px = float(max(box[2:])) * min(1.0, scale / COARSE_SCALE)
    return FaceQuality(size_px, float(crop.mean()) / 255.0, sharpness)


def doubt(
    quality: FaceQuality, probabilities: Sequence[float], uncertain_below: float = MIN_TOP_PROBABILITY
) -> Doubt | None:
    """Return the first reason to distrust a reading, or None. uncertain_below: the least top probability, from the
    network's manifest."""
    if quality.size_px < MIN_SIZE_PX:
        return "too_small"
    if quality.brightness < MIN_BRIGHTNESS:
        return "too_dark"
    if quality.brightness > MAX_BRIGHTNESS:
        return "too_bright"
    if quality.sharpness < MIN_SHARPNESS:
        return "too_blurred"
    if max(probabilities) < uncertain_below:
        return "flat"
    return None
