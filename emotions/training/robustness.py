"""How much accuracy a network keeps when pictures get worse in fixed steps: what "works in dim light" means.

The faces are the bare 48x48 crops, so a face detector's misses do not count. After Hendrycks & Dietterich 2019
(arXiv:1903.12261), with the disturbances that a webcam has.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
SEED = 2013
# Grey levels of 255 in the 48x48 face. A webcam's noise is four or five; scaling a face of 110 pixels down leaves two.
SENSOR_NOISE = 2.0


@dataclass(frozen=True)
class Disturbance:
    """One way in which a picture gets worse."""

    name: str
    unit: str
    severities: tuple[float, ...]  # from mild to hard, in unit
    apply: Callable[[Images, float], Images]


def dimmed(images: Images, share: float) -> Images:
    """Images [n, 48, 48] with `share` of their light and a sensor's noise in dim light."""
    noise = np.random.default_rng(SEED).normal(0.0, SENSOR_NOISE, images.shape)
    return _as_pixels(images * share + noise)


def washed_out(images: Images, gamma: float) -> Images:
    """Mid-tones moved by a gamma curve: below 1 brighter, above 1 darker."""
    return _as_pixels(255.0 * (images / 255.0) ** gamma)


def blurred(images: Images, sigma: float) -> Images:
    """A Gaussian blur, sigma in pixels of the 48x48 face."""
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images]).astype(np.uint8)


def compressed(images: Images, quality: float) -> Images:
    """JPEG of the quality, 1 to 100."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    packed = [cv2.imencode(".jpg", image, flags)[1] for image in images]
    return np.stack([np.asarray(cv2.imdecode(image, cv2.IMREAD_GRAYSCALE), np.uint8) for image in packed])


def rotated(images: Images, degrees: float) -> Images:
    """Turned about the centre, every other face the other way."""
    height, width = images.shape[1:]
    turned = np.empty_like(images)
    for index, image in enumerate(images):
        middle = ((width - 1) / 2, (height - 1) / 2)
        turn = cv2.getRotationMatrix2D(middle, degrees if index % 2 else -degrees, 1.0)
        turned[index] = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return turned


def covered(images: Images, share: float) -> Images:
    """The lowest `share` of the face under a grey mask, as if a hand or a face mask covered it."""
    masked = images.copy()
    masked[:, round(images.shape[1] * (1 - share)) :, :] = 128
    return masked


def shrunk(images: Images, side: float) -> Images:
    """Seen from afar: scaled down to `side` pixels and up again."""
    small = [cv2.resize(image, (int(side), int(side)), interpolation=cv2.INTER_AREA) for image in images]
    size = images.shape[:0:-1]
    return np.stack([cv2.resize(image, size, interpolation=cv2.INTER_LINEAR) for image in small]).astype(np.uint8)


DISTURBANCES = (
    Disturbance("dim light", "of the light", (0.5, 0.25, 0.12, 0.06), dimmed),
    Disturbance("gamma", "gamma", (0.5, 2.0, 3.0), washed_out),
    Disturbance("blur", "px", (0.7, 1.2, 2.0), blurred),
    Disturbance("JPEG", "quality", (50.0, 20.0, 8.0), compressed),
    Disturbance("rotation", "degrees", (10.0, 20.0, 30.0), rotated),
    Disturbance("lower face covered", "of the face", (0.25, 0.4, 0.5), covered),
    Disturbance("distance", "px a side", (32.0, 24.0, 16.0), shrunk),
)


def _as_pixels(values: NDArray[np.float64]) -> Images:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
